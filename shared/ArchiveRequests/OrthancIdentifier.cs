using System.Security.Cryptography;
using System.Text;

namespace AccessGov.ArchiveRequests;

/// <summary>The ids of Orthanc's REST API: SHA-1 of the DICOM ids joined by "|", as five groups of eight hexadecimal digits.</summary>
public static class OrthancIdentifier
{
    /// <summary>Of a patient.</summary>
    /// <param name="patientId">The patient's id.</param>
    public static string OfPatient(string patientId) => Hash(patientId);

    /// <summary>Of a study.</summary>
    /// <param name="patientId">Its patient's id.</param>
    /// <param name="studyInstanceUid">Its UID.</param>
    public static string OfStudy(string patientId, string studyInstanceUid) => Hash($"{patientId}|{studyInstanceUid}");

    /// <summary>Whether a text has the form of such an id; Orthanc itself compares them exactly, in lower case and with the
    /// hyphens.</summary>
    /// <param name="text">What may be one.</param>
    public static bool IsWellFormed(string text) =>
        text.Length == 44 && !text.Where((character, index) =>
            index % 9 == 8 ? character != '-' : !(char.IsAsciiDigit(character) || character is >= 'a' and <= 'f')).Any();

    private static string Hash(string text)
    {
#pragma warning disable CA5350 // Orthanc defines its ids by SHA-1; nothing is protected by it here.
        string digest = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
        return string.Join('-', Enumerable.Range(0, 5).Select(group => digest.Substring(group * 8, 8)));
    }
}
