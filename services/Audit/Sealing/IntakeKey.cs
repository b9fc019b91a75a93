using System.Security.Cryptography;
using System.Text;

namespace AccessGov.Audit.Sealing;

/// <summary>Encrypts what waits for its place in the trail, and tells apart what was sent before. Thread-safe.</summary>
/// <param name="secret">The service's secret.</param>
/// <param name="epochs">The epochs' keys.</param>
internal sealed class IntakeKey(byte[] secret, KeyEncryptionKeys epochs) : ServiceCipher(secret, epochs, "accessgov audit intake")
{
    private readonly byte[] repeats = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32,
        info: Encoding.ASCII.GetBytes("accessgov audit repeats"));

    /// <summary>
    /// A hash of an event that only this service can make: with a plain one, whoever has the database could try patients' numbers until
    /// the rest of a leaf fits.
    /// </summary>
    public IncrementalHash Fingerprint() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, repeats);
}
