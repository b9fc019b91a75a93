using System.Text;
using QRCoder;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>
/// A QR code as the path of an inline SVG: no script, no style and no picture from elsewhere, so that the pages' content policy holds.
/// </summary>
/// <param name="Size">How many modules it is wide and high, with the quiet zone.</param>
/// <param name="Path">Its dark modules, a unit each.</param>
internal sealed record QrCode(int Size, string Path)
{
    public static QrCode Of(string text)
    {
        using QRCodeData code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (int y = 0; y < code.ModuleMatrix.Count; y++)
        {
            for (int x = 0; x < code.ModuleMatrix.Count; x++)
            {
                if (code.ModuleMatrix[y][x])
                {
                    path.Append('M').Append(x).Append(' ').Append(y).Append("h1v1h-1z");
                }
            }
        }

        return new QrCode(code.ModuleMatrix.Count, path.ToString());
    }
}
