using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Uses;

namespace AccessGov.Edge.Station;

/// <summary>What the station's page says.</summary>
internal static class PageText
{
    private const string Style = """
        body{font:1.1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:36rem;padding:1rem;color:#1a1a1a;background:#fff}
        label,legend{display:block;font-weight:600;margin-top:1rem}
        fieldset{border:0;padding:0;margin:0}fieldset label{font-weight:400;margin-top:.5rem}
        input[type=text],textarea{box-sizing:border-box;width:100%;font:inherit;padding:.5rem;border:2px solid #555}
        button{font:inherit;font-weight:600;margin-top:1.5rem;padding:.75rem 1rem;border:0;background:#a30d0d;color:#fff}
        :focus-visible{outline:3px solid #0b57d0;outline-offset:2px}
        .fault{border-left:.4rem solid #a30d0d;padding:.5rem .75rem;background:#fdeaea}
        """;

    /// <summary>What lets this style in, and no other.</summary>
    public static string StyleHash { get; } = $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}";

    /// <summary>Asks who, whose and why; after a refusal says what to do.</summary>
    public static string Form(CapabilityFault? fault) => Page("Emergency access", $"""
        <h1>Emergency access</h1>
        <p>For an emergency while AccessGov cannot be asked. It opens one patient's images at this workstation, for reading.
        Everything is recorded, and somebody will look at it afterwards.</p>
        {(fault is null ? "" : $"<p class=\"fault\" role=\"alert\">{Encoded(fault.Sentence)}</p>")}
        <form method="post" action="{StationPage.Path}/begin">
        <label for="person">Who are you? (name or staff number)</label>
        <input type="text" id="person" name="person" required maxlength="{UseTokens.IdLengthMax}" autocomplete="off">
        <label for="patient">Patient's number</label>
        <input type="text" id="patient" name="patient" required maxlength="{UseTokens.IdLengthMax}" autocomplete="off">
        <fieldset><legend>What is it?</legend>
        <label><input type="radio" name="reason_code" value="ETREAT" required> Emergency treatment</label>
        <label><input type="radio" name="reason_code" value="BTG"> Something else that cannot wait</label></fieldset>
        <label for="reason">Why do you need these images now?</label>
        <textarea id="reason" name="reason" rows="3" required maxlength="{UseTokens.ReasonLengthMax}"></textarea>
        <button type="submit">Open the images</button>
        </form>
        """);

    /// <summary>Says what is open, and lets it be ended.</summary>
    public static string Begun(ActiveAccess access) => Page("Emergency access is open", $"""
        <h1>Emergency access is open</h1>
        <p>{Encoded(access.Person)}, the images of patient <strong>{Encoded(access.Patient)}</strong> open in this browser until
        <strong>{access.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC</strong>. Go back to the viewer.</p>
        <form method="post" action="{StationPage.Path}/finish"><button type="submit">I need it no longer</button></form>
        """);

    private static string Page(string title, string body) => $"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title}</title><style>{Style}</style></head><body><main>
        {body}
        </main></body></html>
        """;

    private static string Encoded(string text) => HtmlEncoder.Default.Encode(text);
}
