using System.Buffers;

namespace AccessGov.TransparencyLog.Tests;

public sealed class EntryBundleTests
{
    [Fact]
    public void Entries_come_back_as_they_went_in()
    {
        byte[][] entries = [[], [1], new byte[EntryBundle.EntryBytesMax]];
        EntryBundle.Read(Bundle(entries)).Select(entry => entry.ToArray()).ShouldBe(entries);
    }

    [Fact]
    public void An_entry_that_is_too_long_is_refused() =>
        Should.Throw<ArgumentException>(() => EntryBundle.Append(new ArrayBufferWriter<byte>(), new byte[EntryBundle.EntryBytesMax + 1]));

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 1 })]
    [InlineData(new byte[] { 0, 0, 255, 255, 1 })]
    public void A_bundle_that_ends_within_an_entry_is_refused(byte[] bundle) => Should.Throw<FormatException>(() => EntryBundle.Read(bundle));

    [Fact]
    public void A_bundle_has_at_most_256_entries()
    {
        EntryBundle.Read(Bundle([.. Enumerable.Repeat(Array.Empty<byte>(), 256)])).Count.ShouldBe(256);
        Should.Throw<FormatException>(() => EntryBundle.Read(Bundle([.. Enumerable.Repeat(Array.Empty<byte>(), 257)])));
    }

    private static byte[] Bundle(byte[][] entries)
    {
        var bundle = new ArrayBufferWriter<byte>();
        foreach (byte[] entry in entries)
        {
            EntryBundle.Append(bundle, entry);
        }

        return bundle.WrittenSpan.ToArray();
    }
}
