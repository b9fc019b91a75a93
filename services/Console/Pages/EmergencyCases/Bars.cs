namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>A chart of bars, one beside the other.</summary>
/// <param name="Id">Of the part of the page.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Sentence">What it says.</param>
/// <param name="Of">What each bar is about, the heading of the table's first column.</param>
/// <param name="Items">From left to right.</param>
/// <param name="Line">What the line before some bar means; null without one.</param>
/// <param name="LineBefore">Before which bar it is.</param>
internal sealed record Bars(
    string Id, string Title, string Sentence, string Of, IReadOnlyList<Bars.Bar> Items, string? Line = null, int LineBefore = 0)
{
    public sealed record Bar(string Label, long Count);

    /// <summary>The height of the chart.</summary>
    public long Highest => Math.Max(1, Items.Max(bar => bar.Count));
}
