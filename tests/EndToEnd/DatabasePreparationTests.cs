using AccessGov.Testing;
using Npgsql;

namespace AccessGov.EndToEnd;

/// <summary>deploy/database.sql on a server of its own: a service's login role can touch its own schema and queue, and nothing else.</summary>
public sealed class DatabasePreparationTests(DatabasePreparationTests.PreparedServer prepared) : IClassFixture<DatabasePreparationTests.PreparedServer>
{
    private static readonly string[] Passwords =
        ["POLICY_DECISION_PASSWORD", "IDENTITY_FEDERATION_PASSWORD", "BREAK_GLASS_PASSWORD", "RECERTIFICATION_PASSWORD",
         "AUDIT_APPEND_PASSWORD", "AUDIT_SEAL_PASSWORD", "AUDIT_READ_PASSWORD"];

    private readonly PostgresServer server = prepared.Server;

    public sealed class PreparedServer : IAsyncLifetime
    {
        public PostgresServer Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await PostgresServer.StartPrivateAsync();
            await PrepareAsync(Server, "first-password");
        }

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }

    [Theory]
    [InlineData("accessgov", "create table policy_decision.mine (id integer)")]
    [InlineData("accessgov", "select count(*) from bus.message")]
    public async Task A_service_works_in_its_own_schema_and_queue(string database, string sql) =>
        (await RefusalAsync(database, sql)).ShouldBeNull();

    [Theory]
    [InlineData("accessgov", "create table public.other (id integer)")]
    [InlineData("accessgov", "create schema other")]
    [InlineData("accessgov", "create temporary table other (id integer)")]
    [InlineData("accessgov", "create table bus.other (id integer)")]
    [InlineData("accessgov", "create role other")]
    [InlineData("accessgov", "create database other")]
    [InlineData("accessgov", "select * from neighbour.secret")]
    [InlineData("accessgov", "create table identity_federation.other (id integer)")]
    [InlineData("accessgov", "select bus.admit('policy_decision', 'identity-federation')")]
    [InlineData("accessgov", "create table break_glass.other (id integer)")]
    [InlineData("accessgov", "create table recertification.other (id integer)")]
    [InlineData("accessgov", "select rolpassword from pg_authid")]
    [InlineData("accessgov", "select pg_read_file('/etc/passwd')")]
    [InlineData("accessgov", "copy (select 1) to program 'true'")]
    [InlineData("accessgov", "select bus.admit('policy_decision', 'audit')")]
    [InlineData("accessgov_audit", "select 1")]
    [InlineData("accessgov", "set role postgres")]
    [InlineData("postgres", "select 1")]
    [InlineData("template1", "select 1")]
    public async Task A_service_can_touch_nothing_else(string database, string sql)
    {
        await AsAdministratorAsync("create schema if not exists neighbour; create table if not exists neighbour.secret (id integer)");

        (await RefusalAsync(database, sql)).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("create table policy_decision.other (id integer)")]
    [InlineData("create table break_glass.other (id integer)")]
    [InlineData("create schema other")]
    [InlineData("select bus.admit('recertification', 'break-glass')")]
    public async Task Recertification_can_touch_nothing_but_its_own(string sql)
    {
        (await RefusalAsync("accessgov", "create table if not exists recertification.mine (id integer)", "recertification")).ShouldBeNull();
        (await RefusalAsync("accessgov", sql, "recertification")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("audit_append", "select * from trail.intake")]
    [InlineData("audit_append", "select * from trail.data_key")]
    [InlineData("audit_append", "delete from trail.intake")]
    [InlineData("audit_append", "create table trail.other (id integer)")]
    [InlineData("audit_read", "insert into trail.intake (source, received_at, events, may_repeat, body) values ('x', now(), 1, true, '')")]
    [InlineData("audit_append", "delete from trail.sent")]
    [InlineData("audit_read", "delete from trail.sent")]
    [InlineData("audit_seal", "update trail.sent set received_at = now()")]
    [InlineData("audit_seal", "update trail.entry set actor = 'nobody'")]
    [InlineData("audit_seal", "delete from trail.entry")]
    [InlineData("audit_seal", "truncate trail.entry")]
    [InlineData("audit_seal", "drop table trail.entry")]
    [InlineData("audit_read", "update trail.head set size = 0")]
    [InlineData("audit_read", "delete from trail.entry")]
    [InlineData("audit_read", "select * from trail.intake")]
    [InlineData("audit_read", "select * from bus.message")]
    [InlineData("audit_append", "select * from trail.unknown_patient")]
    [InlineData("audit_append", "insert into trail.entry (seq, at) values (0, now())")]
    [InlineData("audit_append", "update trail.head set fence = 0")]
    [InlineData("audit_read", "update trail.progress set size = 0")]
    [InlineData("audit_read", "insert into trail.unknown_patient values ('a', 'a', 2026)")]
    [InlineData("audit_read", "update trail.data_key set wrapped = ''")]
    [InlineData("audit_read", "delete from trail.subject")]
    [InlineData("audit_read", "insert into trail.shredded_key values ('k', 'patient', gen_random_uuid())")]
    [InlineData("audit_read", "create table trail.other (id integer)")]
    [InlineData("audit_read", "truncate trail.entry")]
    [InlineData("audit_seal", "delete from trail.head")]
    [InlineData("audit_seal", "insert into trail.head (size, root, previous, received_at, fence) values (0, '', '', now(), 0)")]
    [InlineData("audit_seal", "update trail.intake set source = 'x'")]
    [InlineData("audit_seal", "delete from trail.legal_hold")]
    [InlineData("audit_seal", "delete from trail.shredding")]
    [InlineData("audit_seal", "delete from trail.shredded_key")]
    [InlineData("audit_seal", "delete from trail.class_year")]
    [InlineData("audit_seal", "delete from trail.progress")]
    [InlineData("audit_seal", "select * from trail.feed")]
    [InlineData("audit_seal", "create table trail.other (id integer)")]
    public async Task Each_role_of_the_audit_trail_has_its_own_work_only(string role, string sql) =>
        (await RefusalAsync("accessgov_audit", sql, role)).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

    [Theory]
    [InlineData("accessgov", "audit_seal")]
    [InlineData("accessgov", "audit_read")]
    [InlineData("accessgov_audit", "identity_federation")]
    [InlineData("accessgov_audit", "break_glass")]
    [InlineData("accessgov_audit", "recertification")]
    public async Task No_role_enters_a_database_that_is_not_its_own(string database, string role) =>
        (await RefusalAsync(database, "select 1", role)).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

    [Fact]
    public async Task Preparing_again_keeps_the_data_and_takes_the_new_password()
    {
        (await RefusalAsync("accessgov", "create table policy_decision.kept (id integer)")).ShouldBeNull();

        await PrepareAsync(server, "second-password");

        (await RefusalAsync("accessgov", "select * from policy_decision.kept")).ShouldBeNull();
        (await AsAdministratorAsync("select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'policy_decision'")).ShouldBe(true);
    }

    private static async Task PrepareAsync(PostgresServer server, string password)
    {
        var administrator = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        await using var psql = new ChildProcess(
            "psql",
            ["-X", "-q", "-v", "private=1", "-f", Repository.PathOf("deploy", "database.sql"),
             $"host={administrator.Host} port={administrator.Port} user={administrator.Username} dbname=postgres"],
            Passwords.ToDictionary(name => name, _ => password, StringComparer.Ordinal));
        (await psql.ExitCodeAsync(2 * Eventually.Bound)).ShouldBe(0, psql.Output);
    }

    /// <summary>Runs a statement as a login role; answers the error's code, or null when it went through.</summary>
    private async Task<string?> RefusalAsync(string database, string sql, string role = "policy_decision")
    {
        try
        {
            await RunAsync(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = role, Password = "any", Database = database }, sql);
            return null;
        }
        catch (PostgresException error)
        {
            return error.SqlState;
        }
    }

    private Task<object?> AsAdministratorAsync(string sql) =>
        RunAsync(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "accessgov" }, sql);

    private static async Task<object?> RunAsync(NpgsqlConnectionStringBuilder settings, string sql)
    {
        settings.Pooling = false;
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
