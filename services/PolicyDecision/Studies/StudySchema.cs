using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>
/// The tables of the study index in the service's schema. A study's UID belongs to one patient, but an archive may hold it under two; all
/// rows are kept, so that the contradiction is seen and nobody can take a study over by storing another with its UID. A row is one study of
/// Orthanc, which tells apart patient ids that differ by padding only; such rows are one study of one patient. What a row said before it
/// was changed or deleted is kept with the time that it was known.
/// </summary>
internal sealed class StudySchema(NpgsqlDataSource database, IOptions<StudyIndexOptions> options)
{
    private readonly string schema = options.Value.Schema;

    public string Name => schema;

    /// <summary>The channel on which changed UIDs are told, joined by commas.</summary>
    public string Channel => $"{schema}_studies";

    public NpgsqlDataSource Database => database;

    public async Task CreateAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await SchemaCreation.CreateAsync(connection, schema, "studies", Tables, cancellation);
    }

    private string Tables =>
        $"""
        create table if not exists {schema}.studies (
            study_instance_uid text collate "C" not null, patient_id text collate "C" not null, issuer_of_patient_id text, department text,
            modality text[] not null, referring_physician text, study_date date, labels text[] not null, finalized boolean not null,
            accession_number text, archive text collate "C", orthanc_study_id text collate "C" not null,
            orthanc_patient_id text collate "C" not null, imported boolean not null, updated_at timestamptz not null default now(),
            primary key (study_instance_uid, orthanc_study_id));
        create index if not exists studies_by_orthanc_study on {schema}.studies (orthanc_study_id);
        create index if not exists studies_by_orthanc_patient on {schema}.studies (orthanc_patient_id);
        create index if not exists studies_by_patient_spelling
            on {schema}.studies ((upper(regexp_replace(patient_id, '[^ -~]', '', 'g')) collate "C"));
        create index if not exists studies_by_archive on {schema}.studies (archive, orthanc_study_id);
        create index if not exists studies_by_patient on {schema}.studies (patient_id);
        create index if not exists studies_by_department on {schema}.studies (department);
        create index if not exists studies_by_referrer on {schema}.studies (referring_physician);
        alter table {schema}.studies add column if not exists since timestamptz not null default now();
        create table if not exists {schema}.studies_past (like {schema}.studies, until timestamptz not null);
        create index if not exists studies_past_by_uid on {schema}.studies_past (study_instance_uid);
        create or replace function {schema}.keep_study_past() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' and to_jsonb(old) - array['updated_at', 'since'] = to_jsonb(new) - array['updated_at', 'since'] then
                new.since := old.since;
                return new;
            end if;
            insert into {schema}.studies_past select old.*, now();
            if tg_op = 'DELETE' then
                return old;
            end if;
            new.since := now();
            return new;
        end $$;
        create or replace trigger keep_study_past before update or delete on {schema}.studies
            for each row execute function {schema}.keep_study_past();
        create table if not exists {schema}.study_change (change bigint primary key, uids text[] not null);
        create table if not exists {schema}.study_feeds (
            archive text collate "C" primary key, position bigint not null, updated_at timestamptz not null default now());
        """;
}
