using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Benchmarks.Identity;

/// <summary>Lists of a large organisation, and tokens for programs: the real service in a process of its own.</summary>
internal sealed class IdentityBenchmark : IDisposable
{
    private const int Users = 50_000;
    private const int Lists = 300;
    private const int Connections = 32;
    private const int SignIns = 50;
    private static readonly TimeSpan TokensFor = TimeSpan.FromSeconds(10);

    private readonly AccessGovProcesses services = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { Timeout = TimeSpan.FromSeconds(30) };

    public static async Task<int> RunAsync()
    {
        using var benchmark = new IdentityBenchmark();
        try
        {
            return await benchmark.MeasureAsync();
        }
        finally
        {
            await benchmark.services.DisposeAsync();
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<int> MeasureAsync()
    {
        // One address asks for everything here.
        await services.StartAsync(new Uri("http://127.0.0.1:7000"), new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["RequestRates__PerCallerPerSecond"] = "1000000",
        });
        await FillAsync();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await services.TokenAsync("provisioning"));
        await ListsAsync(50);
        double[] lists = await ListsAsync(Lists);
        double[] names = await TimesAsync(Lists, number => $"scim/v2/Users?filter={Uri.EscapeDataString($"userName eq \"USER{number * 97 % Users}\"")}");
        http.DefaultRequestHeaders.Authorization = null;
        await TokensAsync(TimeSpan.FromSeconds(5));
        double[] tokens = await TokensAsync(TokensFor);
        var results = new ResultTable();
        results.Add($"SCIM list of 100 of {Users:N0} users, p50", "ms", 50, Percentiles.Of(lists, 0.5));
        results.Add("SCIM list of 100, p95", "ms", null, Percentiles.Of(lists, 0.95));
        results.Add("SCIM userName eq, p50", "ms", null, Percentiles.Of(names, 0.5));
        results.Add($"client credentials token at {Connections} connections, p99", "ms", 10, Percentiles.Of(tokens, 0.99));
        results.Add("client credentials token, p50", "ms", null, Percentiles.Of(tokens, 0.5));
        results.Add("tokens", "per s", null, tokens.Length / TokensFor.TotalSeconds);
        (double hash, double signIn) = await SignInsAsync();
        results.Add("password checked against its hash, p50", "ms", null, hash);
        results.Add("password sign-in (page, form, answer), p50", "ms", null, signIn);
        return results.Print();
    }

    /// <summary>Rows of the directory as the events would have written them.</summary>
    private async Task FillAsync()
    {
        await using var connection = new NpgsqlConnection(services.Superuser);
        await connection.OpenAsync();
        await using var fill = new NpgsqlCommand(
            $$"""
            insert into identity_federation.person_directory (id, organisation, user_name_key, external_id, active, suspended, profile, version)
            select gen_random_uuid()::text, 'hospital', 'user' || n, 'external-' || n, true, false, jsonb_build_object(
                'UserName', 'user' || n, 'ExternalId', 'external-' || n, 'DisplayName', 'Given Family' || n,
                'Name', jsonb_build_object('GivenName', 'Given', 'FamilyName', 'Family' || n), 'Employment', jsonb_build_object('Department', 'Department ' || n % 50),
                'Emails', jsonb_build_array(jsonb_build_object('Value', 'user' || n || '@hospital.test', 'Type', 'work', 'Primary', true))), 1
            from generate_series(0, {{Users - 1}}) n;
            """, connection);
        await fill.ExecuteNonQueryAsync();
        await using var settle = new NpgsqlCommand("vacuum analyze identity_federation.person_directory", connection);
        await settle.ExecuteNonQueryAsync();
    }

    /// <summary>What checking a password takes by itself, and with all that signing in is beside it.</summary>
    private async Task<(double Hash, double SignIn)> SignInsAsync()
    {
        SignInOfPerson person = (await services.EnrolAsync(app: false, "tamara"))["tamara"];
        var hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = AccountsModule.PasswordIterations }));
        string hash = hasher.HashPassword(person, person.Password);
        double[] hashes = [.. Enumerable.Range(0, SignIns).Select(_ =>
        {
            long began = Stopwatch.GetTimestamp();
            hasher.VerifyHashedPassword(person, hash, person.Password);
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        })];
        double[] signIns = new double[SignIns];
        for (int number = 0; number < SignIns; number++)
        {
            using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = services.IdentityFederation };
            long began = Stopwatch.GetTimestamp();
            string page = await browser.GetStringAsync(new Uri("sign-in", UriKind.Relative));
            string token = Regex.Match(page, "name=\"form\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;
            using var form = new FormUrlEncodedContent(
                [new("UserName", person.UserName), new("Password", person.Password), new("form", token)]);
            using HttpResponseMessage answer = await browser.PostAsync(new Uri("sign-in", UriKind.Relative), form);
            signIns[number] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (answer.StatusCode is not System.Net.HttpStatusCode.Found)
            {
                throw new InvalidOperationException($"The password is not taken: {answer.StatusCode}");
            }
        }

        return (Percentiles.Of(hashes, 0.5), Percentiles.Of(signIns, 0.5));
    }

    private Task<double[]> ListsAsync(int times) => TimesAsync(times, number => $"scim/v2/Users?count=100&startIndex={1 + (number * 7_919 % (Users - 100))}");

    private async Task<double[]> TimesAsync(int times, Func<int, string> path)
    {
        double[] elapsed = new double[times];
        for (int number = 0; number < times; number++)
        {
            long began = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await http.GetAsync(new Uri(services.IdentityFederation, path(number)));
            await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
            elapsed[number] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        return elapsed;
    }

    private async Task<double[]> TokensAsync(TimeSpan duration)
    {
        long began = Stopwatch.GetTimestamp();
        double[][] all = await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            var elapsed = new List<double>();
            while (Stopwatch.GetElapsedTime(began) < duration)
            {
                long asked = Stopwatch.GetTimestamp();
                using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "pacs"), new("client_secret", services.Secret)]);
                using HttpResponseMessage answer = await http.PostAsync(new Uri(services.IdentityFederation, "oauth/token"), form);
                await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
                elapsed.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }

            return elapsed.ToArray();
        }));
        return [.. all.SelectMany(one => one)];
    }
}
