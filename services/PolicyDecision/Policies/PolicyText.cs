using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>Something that is wrong in a file of a policy set.</summary>
/// <param name="Code">The refusal's code.</param>
/// <param name="File">The file; null when it is the set as a whole.</param>
/// <param name="Line">From 1; 0 when it is the file as a whole.</param>
/// <param name="Column">From 1; 0 when it is the line as a whole.</param>
/// <param name="Sentence">What is wrong.</param>
internal sealed record PolicyFault(string Code, string? File, int Line, int Column, string Sentence)
{
    [JsonIgnore]
    public string Place => (File, Line) switch
    {
        (null, _) => "the policy set",
        (_, 0) => File,
        _ => $"{File}({Line},{Column})",
    };
}

/// <summary>The text of policy sets.</summary>
internal static class PolicyText
{
    /// <summary>SHA-256 over the files in the order of their names, each name and text with its length before it, so that no two sets run together.</summary>
    public static string Hash(IEnumerable<PolicyFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (PolicyFile file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            foreach (string part in (string[])[file.Name, file.Text])
            {
                byte[] bytes = Encoding.UTF8.GetBytes(part);
                BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
                hash.AppendData(length);
                hash.AppendData(bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
