using System.Text;
using System.Text.Json;
using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Formats;

namespace AccessGov.Audit.Tests.Export;

public sealed class CsvLineTests
{
    private const string Read =
        "import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))))";

    [Fact]
    public async Task Another_program_reads_what_was_written()
    {
        IReadOnlyList<Dictionary<string, string>> rows = await ReadAsync(
            Leaves.Leaf(7, resource: "a,\"b\"\r\nMüller", reason: "'quoted"), Leaves.Leaf(8, outcome: "denied", actor: null));

        rows.Count.ShouldBe(2);
        (rows[0]["seq"], rows[0]["resource"], rows[0]["reason"], rows[0]["patient_token"])
            .ShouldBe(("7", "a,\"b\"\r\nMüller", "''quoted", "pt-4f1d"));
        (rows[1]["outcome"], rows[1]["actor"], rows[1]["time"]).ShouldBe(("denied", "", "2026-11-27T18:40:00.123456Z"));
    }

    [Theory]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@sum(1)")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    [InlineData("  =1")]
    [InlineData("＝1")]
    public async Task No_value_is_a_formula(string value) => (await ReadAsync(Leaves.Leaf(workstation: value)))[0][
        "workstation"].ShouldBe($"'{value}");

    private static async Task<IReadOnlyList<Dictionary<string, string>>> ReadAsync(params byte[][] leaves)
    {
        string file = Path.GetTempFileName();
        try
        {
            byte[] document = [.. CsvLine.Header, .. leaves.SelectMany(leaf => CsvLine.Of(new ExportedEvent(Leaves.Entry(leaf))))];
            Encoding.UTF8.GetString(document).ShouldEndWith("\r\n");
            await File.WriteAllBytesAsync(file, document);
            (int code, string output) = await Tool.RunAsync("python3", "-c", Read, file);
            code.ShouldBe(0, output);
            return JsonSerializer.Deserialize<List<Dictionary<string, string>>>(output)!;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
