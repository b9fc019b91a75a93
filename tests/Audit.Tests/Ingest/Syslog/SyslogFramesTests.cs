using System.Text;
using AccessGov.Audit.Ingest.Syslog;

namespace AccessGov.Audit.Tests.Ingest.Syslog;

public sealed class SyslogFramesTests
{
    [Theory]
    [InlineData("3 abc5 <1>xy", "abc|<1>xy")]
    [InlineData("3 abc\n3 def\0", "abc|def")]
    [InlineData("<1>one\n<1>two\n", "<1>one|<1>two")]
    [InlineData("3 abc<1>two\n2 ab", "abc|<1>two|ab")]
    [InlineData("3 ab", "")]
    public void Messages_are_taken_apart_however_they_arrive(string text, string expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        foreach (int size in new[] { 1, 2, 3, bytes.Length })
        {
            var frames = new SyslogFrames();
            var found = new List<string>();
            foreach (byte[] part in bytes.Chunk(size))
            {
                Give(frames, part);
                while (frames.Next() is { } frame)
                {
                    found.Add(Encoding.ASCII.GetString(frame.Bytes));
                }
            }

            string.Join('|', found).ShouldBe(expected);
            frames.IsBroken.ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("0 abc")]
    [InlineData("03 abc")]
    [InlineData("-3 abc")]
    [InlineData("12345678901 a")]
    [InlineData("123456789012345")]
    [InlineData(" 3 abc")]
    public void Other_bytes_are_no_messages(string text)
    {
        var frames = new SyslogFrames();
        Give(frames, Encoding.ASCII.GetBytes(text));
        frames.Next().ShouldBeNull();
        frames.IsBroken.ShouldBeTrue();
        Encoding.ASCII.GetString(frames.Rest()!.Bytes).ShouldBe(text);
    }

    [Fact]
    public void Of_a_message_without_end_its_beginning_is_kept_and_the_next_one_is_found()
    {
        var frames = new SyslogFrames();
        int length = SyslogFrames.MessageBytesMax * 3;
        var found = new List<SyslogFrame>();
        foreach (byte[] part in Encoding.ASCII.GetBytes($"{length} {new string('x', length)}3 abc").Chunk(60_000))
        {
            Give(frames, part);
            while (frames.Next() is { } frame)
            {
                found.Add(frame);
            }
        }

        found.Select(frame => (frame.Bytes.Length, frame.IsTruncated)).ShouldBe([(SyslogFrames.MessageBytesMax, true), (3, false)]);
    }

    private static void Give(SyslogFrames frames, byte[] bytes)
    {
        foreach (byte one in bytes)
        {
            frames.Room().Span[0] = one;
            frames.Add(1);
        }
    }
}
