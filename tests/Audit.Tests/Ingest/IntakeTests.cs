using AccessGov.Audit.Ingest;
using Npgsql;

namespace AccessGov.Audit.Tests.Ingest;

public sealed class IntakeTests(AuditHost host) : IClassFixture<AuditHost>
{
    [Fact]
    [Trait("Requirement", "S55, S93")]
    public async Task What_waits_for_its_place_is_encrypted()
    {
        // The sequencer may take it before anybody looks.
        await IntakeCopy.OfAsync(host);
        await host.Intake.AcceptAsync("tests", [Records.View("p-4711-of-nobody")], CancellationToken.None);

        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlCommand found = superuser.CreateCommand(
            "select count(*), count(*) filter (where position(convert_to('p-4711', 'UTF8') in body) > 0) from trail.copy");
        await using NpgsqlDataReader counts = await found.ExecuteReaderAsync();
        await counts.ReadAsync();
        (counts.GetInt64(0) > 0, counts.GetInt64(1)).ShouldBe((true, 0L));
    }

    [Fact]
    [Trait("Requirement", "S53, S90")]
    public async Task The_role_that_appends_sees_nothing_and_changes_nothing()
    {
        await using NpgsqlDataSource append = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(host.Superuser) { Username = "audit_append", Password = "audit_append" }.ConnectionString);
        foreach (string statement in new[]
        {
            "select * from trail.intake", "delete from trail.intake", "update trail.intake set source = 'x'", "truncate trail.intake",
            "select * from trail.data_key",
            "select * from trail.entry", "update trail.head set size = 0", "insert into trail.entry (seq, at) values (0, now())",
            "drop table trail.intake",
        })
        {
            await using NpgsqlCommand command = append.CreateCommand(statement);
            (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(
                PostgresErrorCodes.InsufficientPrivilege, statement);
        }
    }
}
