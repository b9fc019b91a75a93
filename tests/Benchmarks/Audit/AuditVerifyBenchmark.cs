using System.Diagnostics;
using System.Security.Cryptography;
using AccessGov.Cli;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Benchmarks.Audit;

/// <summary>How fast a whole trail is verified, with the code of <c>accessgov audit verify</c>, and what a proof costs.</summary>
internal static class AuditVerifyBenchmark
{
    private const int Rounds = 3;
    private const long MonthOfAHospital = 60_000_000;
    private const int ProofCount = 2_000;

    /// <summary>Writes a trail of so many leaves and verifies it, chain, tree and root.</summary>
    public static int Verify(int leafCount)
    {
        using var folder = new SampleTrail(leafCount);
        PrintPace();
        var table = new ResultTable();
        double perLeafBytes = (double)folder.LeafBytes / leafCount;
        double wall = double.MaxValue, processor = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            VerifyResult result = folder.Verify();
            wall = Math.Min(wall, Stopwatch.GetElapsedTime(start).TotalSeconds);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
            if (result.Finding is { } finding)
            {
                throw new InvalidOperationException(finding.Sentence);
            }
        }

        Console.WriteLine($"{leafCount:N0} leaves of {perLeafBytes:N0} bytes, best of {Rounds}: "
            + $"{wall:N2} s wall, {processor:N2} s of processors, {Environment.ProcessorCount} of them");
        table.Add("leaves verified in a second by one processor", "leaves/s", 1_000_000, leafCount / processor, atLeast: true);
        table.Add("leaves verified in a second, wall clock", "leaves/s", null, leafCount / wall);
        table.Add("60 million leaves, extrapolated", "s", 120, wall * MonthOfAHospital / leafCount);
        return table.Print();
    }

    /// <summary>Proofs of single leaves, each from the files of a trail with so many.</summary>
    public static int Prove(int leafCount)
    {
        using var folder = new SampleTrail(leafCount);
        PrintPace();
        var note = SignedNote.Parse(File.ReadAllBytes(Path.Combine(folder.Path, "checkpoint")));
        var making = new List<double>(ProofCount);
        var checking = new List<double>(ProofCount);
        int longest = 0;
        for (int i = 0; i < ProofCount; i++)
        {
            long index = RandomNumberGenerator.GetInt32(leafCount);
            long start = Stopwatch.GetTimestamp();
            string proof = new LogProof(index, new TileTree(new TileDirectory(folder.Path), leafCount).InclusionProof(index),
                note).ToString();
            making.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            longest = Math.Max(longest, proof.Length);
            byte[] leaf = folder.LeafAt(index);
            start = Stopwatch.GetTimestamp();
            bool shows = LogProof.Parse(System.Text.Encoding.UTF8.GetBytes(proof)).Shows(leaf, folder.Signer.Key.Name, folder.Signer.Key);
            checking.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (!shows)
            {
                throw new InvalidOperationException($"The proof of leaf {index} does not hold.");
            }
        }

        var table = new ResultTable();
        table.Add("proof of one leaf from the files, p50", "ms", 1, Percentiles.Of(making, 0.50));
        table.Add("proof of one leaf from the files, p99", "ms", null, Percentiles.Of(making, 0.99));
        table.Add("check of one proof with its signature, p50", "ms", null, Percentiles.Of(checking, 0.50));
        table.Add("the longest proof as text", "bytes", 4_096, longest);
        return table.Print();
    }

    /// <summary>How fast the machine is at the moment, in a measure that has nothing of ours: SHA-256 of OpenSSL over long data.</summary>
    private static void PrintPace()
    {
        byte[] data = new byte[1 << 20], hash = new byte[SHA256.HashSizeInBytes];
        TimeSpan before = Environment.CpuUsage.TotalTime;
        const int Times = 500;
        for (int i = 0; i < Times; i++)
        {
            SHA256.HashData(data, hash);
        }

        Console.WriteLine("pace of the machine: SHA-256 of 1 MiB blocks, in a second of one processor "
            + $"{Times / (Environment.CpuUsage.TotalTime - before).TotalSeconds:N0} MiB");
    }

    private sealed class SampleTrail : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("accessgov-trail-");

        private readonly int leafCount;

        public SampleTrail(int leafCount)
        {
            this.leafCount = leafCount;
            long start = Stopwatch.GetTimestamp();
            var files = new TrailFiles(Path);
            var leaves = new SampleLeaf();
            for (int i = 0; i < leafCount; i++)
            {
                byte[] leaf = leaves.Next();
                LeafBytes += leaf.Length;
                files.Append(leaf);
            }

            files.Finish(Signer, NoteSigner.OfEcdsa(Signer.Key.Name, ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKey()));
            Console.WriteLine($"wrote {leafCount:N0} leaves to {Path} in {Stopwatch.GetElapsedTime(start).TotalSeconds:N0} s");
        }

        public string Path => folder.FullName;

        public NoteSigner Signer { get; } = NoteSigner.OfEd25519("hospital.example/audit", RandomNumberGenerator.GetBytes(32));

        public long LeafBytes { get; }

        public VerifyResult Verify()
        {
            using var terminal = new Terminal(TextWriter.Null, TextWriter.Null, Stream.Null, hasColours: false, isErrorWatched: false);
            return TrailVerification.Run(
                Path, new TrustedKeys([Signer.Key.ToString()], []), [], [], new ShreddedKeys([]), size =>
                    new ProgressLine(terminal, false, "leaves", size), CancellationToken.None);
        }

        public byte[] LeafAt(long index)
        {
            Tile bundle = Tile.Of(Tile.EntriesLevel, leafCount, index / Tile.WidthMax)!.Value;
            return EntryBundle.Read(new TileDirectory(Path).Read(bundle))[(int)(index % Tile.WidthMax)].ToArray();
        }

        public void Dispose() => folder.Delete(recursive: true);
    }
}
