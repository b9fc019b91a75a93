using System.Security.Cryptography;
using System.Text;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// What a subject is found by in the database: without the service's secret nobody can tell whom a row is about. Thread-safe.
/// </summary>
/// <param name="secret">The service's secret.</param>
internal sealed class SubjectLookup(byte[] secret)
{
    private readonly byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32,
        info: Encoding.ASCII.GetBytes("accessgov audit subjects"));

    public byte[] Of(Subject subject) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{subject.Kind}\n{subject.Id}"));
}
