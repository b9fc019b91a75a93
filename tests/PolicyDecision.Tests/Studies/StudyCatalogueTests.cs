using AccessGov.PolicyDecision.Studies;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Studies;

/// <summary>The set queries of searches against what the index says of each study alone, on random tables.</summary>
public sealed class StudyCatalogueTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_selection_has_each_study_of_its_patients_departments_and_referrer_once_as_the_index_knows_it()
    {
        await using StudyHost host = await StudyHost.StartAsync(postgres.ConnectionString);
        await Eventually.HoldsAsync(() => host.Get<StudyNews>().Listening, "the index listens");
        var catalogue = host.Get<IStudyCatalogue>();
        var writer = host.Get<StudyWriter>();
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            await EmptyAsync(host.Get<StudySchema>());
            StudyRow[] rows = [.. Enumerable.Range(0, random.Next(30)).Select(_ => Row(random)).DistinctBy(row => (row.StudyInstanceUid, row.OrthancStudyId))];
            await writer.FeedAsync("archive", null, rows, [], default);
            StudySelection? selection = random.Next(4) == 0 ? null : new StudySelection(Some(random, "P"), Some(random, "d"), random.Next(2) == 0 ? "rita" : null);

            host.Get<StudyIndex>().ForgetEverything();
            var found = new List<string>();
            await foreach (SelectedStudy study in catalogue.FindAsync(selection, 1_000, default))
            {
                found.Add(study.StudyInstanceUid);
                host.Get<StudyIndex>().ForgetEverything();
                StudyFacts? known = await host.Get<IStudyIndex>().FindAsync(study.StudyInstanceUid, default);
                Text(study.Facts).ShouldBe(Text(known), $"seed {seed}, {study.StudyInstanceUid}");
            }

            string[] expected = [.. rows.Where(row => selection is null || selection.Patients.Contains(row.PatientId)
                    || (row.Department is { } department && selection.Departments.Contains(department)) || (row.ReferringPhysician is { } referrer && referrer == selection.ReferringPhysician))
                .Select(row => row.StudyInstanceUid).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            ((string[])[.. found.Order(StringComparer.Ordinal)]).ShouldBe(expected, $"seed {seed}");
            (await catalogue.KnowsPatientAsync("P1", default)).ShouldBe(rows.Any(row => row.PatientId == "P1"), $"seed {seed}");
            (await catalogue.KnowsReferrerAsync("rita", default)).ShouldBe(rows.Any(row => row.ReferringPhysician == "rita"), $"seed {seed}");
            (await catalogue.KnowsReferrerAsync("r\0", default)).ShouldBeFalse();
        }
    }

    private static string Text(StudyFacts? facts) =>
        facts is null ? "unknown" : $"{facts with { Modality = [], Labels = [] }} {string.Join(',', facts.Modality)} {string.Join(',', facts.Labels)}";

    private static string[] Some(Random random, string prefix) => [.. Enumerable.Range(0, random.Next(3)).Select(_ => $"{prefix}{random.Next(4)}")];

    // Few UIDs and patients, so that studies are claimed twice, by one patient with two spellings of an Orthanc id and by two.
    private static StudyRow Row(Random random)
    {
        string uid = $"1.2.{random.Next(20)}", patient = $"P{random.Next(4)}";
        return new StudyRow(
            uid, patient, null, random.Next(3) == 0 ? null : $"d{random.Next(4)}", [$"M{random.Next(2)}"], random.Next(3) == 0 ? "rita" : null, null,
            [$"L{random.Next(2)}"], random.Next(2) == 0, null, "archive", $"{uid} {patient} {random.Next(2)}", patient, random.Next(2) == 0);
    }

    private static async Task EmptyAsync(StudySchema schema)
    {
        await using NpgsqlCommand command = schema.Database.CreateCommand($"truncate {schema.Name}.studies");
        await command.ExecuteNonQueryAsync();
    }
}
