using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace AccessGov.Cedar;

/// <summary>A Cedar ipaddr: an IPv4 or IPv6 address with a prefix length. Equality compares address and prefix, as written.</summary>
public sealed class IpAddressValue : ExtensionValue
{
    private readonly UInt128 address;

    private IpAddressValue(bool isIpv6, UInt128 address, int prefixLength)
    {
        IsIpv6 = isIpv6;
        this.address = address;
        PrefixLength = prefixLength;
    }

    /// <summary>Whether this is an IPv6 address; otherwise it is IPv4.</summary>
    public bool IsIpv6 { get; }

    /// <summary>The prefix length in bits: 0 to 32 or 0 to 128; a single address has the longest.</summary>
    public int PrefixLength { get; }

    /// <summary>Whether the whole range lies in 127.0.0.0/8, or is ::1.</summary>
    public bool IsLoopback => IsIpv6 ? address == 1 && PrefixLength == 128 : PrefixLength >= 8 && address >> 24 == 127;

    /// <summary>Whether the whole range lies in 224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => IsIpv6 ? PrefixLength >= 8 && address >> 120 == 0xff : PrefixLength >= 4 && address >> 28 == 0xe;

    internal override string TypeName => "ipaddr";

    internal override string Constructor => "ip";

    internal override string ConstructorArgument
    {
        get
        {
            string text = IsIpv6
                ? Ipv6Text.Write(address)
                : $"{(byte)(address >> 24)}.{(byte)(address >> 16)}.{(byte)(address >> 8)}.{(byte)address}";
            return PrefixLength == Width ? text : string.Create(CultureInfo.InvariantCulture, $"{text}/{PrefixLength}");
        }
    }

    private int Width => IsIpv6 ? 128 : 32;

    private UInt128 HostMask => (UInt128.One << (Width - PrefixLength)) - UInt128.One;

    private UInt128 Network => PrefixLength == 0 ? 0 : address & ~HostMask;

    // Shifting by the full width of 128 bits shifts by nothing, so the whole of IPv6 is its own case.
    private UInt128 Broadcast => PrefixLength == 0 ? (IsIpv6 ? UInt128.MaxValue : uint.MaxValue) : address | HostMask;

    /// <summary>
    /// The value of <paramref name="address"/> with no text in between. An IPv4-mapped IPv6 address (dual-stack sockets report those)
    /// becomes IPv4; a scope id is left out. Without a <paramref name="prefixLength"/> it is a single address.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than the address.</exception>
    public static IpAddressValue From(IPAddress address, int? prefixLength = null)
    {
        Span<byte> bytes = stackalloc byte[16];
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.TryWriteBytes(bytes, out int written);
        return FromBytes(bytes[..written], prefixLength);
    }

    /// <summary>The value of 4 or 16 bytes in network order. Without a <paramref name="prefixLength"/> it is a single address.</summary>
    /// <exception cref="ArgumentException">Neither 4 nor 16 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than the address.</exception>
    public static IpAddressValue FromBytes(ReadOnlySpan<byte> bytes, int? prefixLength = null)
    {
        if (bytes.Length is not (4 or 16))
        {
            throw new ArgumentException("An address has 4 or 16 bytes.", nameof(bytes));
        }

        bool isIpv6 = bytes.Length == 16;
        int prefix = prefixLength ?? bytes.Length * 8;
        ArgumentOutOfRangeException.ThrowIfNegative(prefix, nameof(prefixLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix, bytes.Length * 8, nameof(prefixLength));
        UInt128 bits = isIpv6 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return new IpAddressValue(isIpv6, bits, prefix);
    }

    /// <summary>
    /// Reads an address with an optional <c>/prefix</c> by Cedar's rules: no leading zeros in octets or prefix, no short or hexadecimal
    /// IPv4, no zone ids, brackets or spaces, no dotted IPv4 inside IPv6.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IpAddressValue? value)
    {
        value = null;
        ReadOnlySpan<char> rest = text;
        int slash = rest.IndexOf('/');
        ReadOnlySpan<char> written = slash < 0 ? rest : rest[..slash];
        bool isIpv6 = written.Contains(':');
        int width = isIpv6 ? 128 : 32;
        int prefix = width;
        UInt128 bits;
        if (isIpv6 ? !Ipv6Text.TryRead(written, out bits) : !TryReadIpv4(written, out bits))
        {
            return false;
        }

        if (slash >= 0 && (!TryReadNumber(rest[(slash + 1)..], out prefix) || prefix > width))
        {
            return false;
        }

        value = new IpAddressValue(isIpv6, bits, prefix);
        return true;
    }

    /// <summary>Whether every address of this range lies in <paramref name="range"/>; false across families.</summary>
    public bool IsInRange(IpAddressValue range) =>
        IsIpv6 == range.IsIpv6 && Network >= range.Network && Broadcast <= range.Broadcast;

    /// <inheritdoc />
    public override bool Equals(Value? other) =>
        other is IpAddressValue that && that.address == address && that.PrefixLength == PrefixLength && that.IsIpv6 == IsIpv6;

    /// <inheritdoc />
    public override int GetHashCode() => SeededHash.Of(SeededHash.Of(6, (long)(ulong)(address >> 64)) ^ PrefixLength, (long)(ulong)address);

    private static bool TryReadIpv4(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        int count = 0;
        foreach (Range part in text.Split('.'))
        {
            if (++count > 4 || !TryReadNumber(text[part], out int octet) || octet > 255)
            {
                return false;
            }

            bits = (bits << 8) | (uint)octet;
        }

        return count == 4;
    }

    // One to three digits without leading zeros.
    private static bool TryReadNumber(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        if (text.Length is < 1 or > 3 || (text.Length > 1 && text[0] == '0'))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            number = (number * 10) + (c - '0');
        }

        return true;
    }
}
