namespace AccessGov.ArchiveRequests;

/// <summary>Unique identifiers of DICOM (PS3.5, chapter 9).</summary>
public static class DicomUid
{
    /// <summary>How long one may be.</summary>
    public const int LengthMax = 64;

    /// <summary>Digits and dots, no empty component, at most 64 characters; leading zeros are let through because real archives hold
    /// them.</summary>
    /// <param name="text">What may be one.</param>
    public static bool IsValid(string text)
    {
        // Asked for each of the thousands of studies that a search looks at.
        bool afterDigit = false;
        foreach (char character in text)
        {
            if (!char.IsAsciiDigit(character) && !(character == '.' && afterDigit))
            {
                return false;
            }

            afterDigit = character != '.';
        }

        return afterDigit && text.Length <= LengthMax;
    }
}
