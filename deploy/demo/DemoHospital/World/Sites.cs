namespace AccessGov.DemoHospital.World;

internal sealed record Hours(int[] Days, string Start, string End);

internal sealed record Network(string Name, string Cidr);

internal sealed record Department(string Id, string Name, string[] Modalities);

internal sealed record Site(
    string Id, string Name, string TimeZone, Hours[] WorkingHours, Network[] Networks, Department[] Departments, string[] Archives);

/// <summary>One hospital group: the main hospital, an outpatient centre and readers on another continent.</summary>
internal static class Sites
{
    public const string MainRadiology = "north-radiology";
    public const string NightReading = "tele-emergency-reading";

    private static readonly int[] Weekdays = [1, 2, 3, 4, 5];

    public static IReadOnlyList<Site> All { get; } =
    [
        new("north", "North Hospital", "Europe/Berlin",
            [new(Weekdays, "07:00", "19:00"), new([5, 6, 7], "20:00", "06:00")],
            [
                new("north wards", "10.10.0.0/16"), new("north radiology", "10.11.0.0/16"), new("north modalities", "10.12.0.0/20"),
                new("remote access", "10.90.0.0/20"),
                new("demo loopback network", "127.0.0.0/8"), new("demo loopback network (IPv6)", "::1/128"),
            ],
            [
                new(MainRadiology, "Radiology", ["CT", "MR", "CR", "US"]),
                new("north-emergency", "Emergency department", ["CT", "DX", "US"]),
                new("north-neuroradiology", "Neuroradiology", ["CT", "MR", "XA", "US"]),
                new("north-mammography", "Mammography", ["MG", "US", "MR"]),
                new("north-nuclear-medicine", "Nuclear medicine", ["NM", "PT", "CT"]),
                new("north-radiotherapy", "Radiotherapy", ["CT", "RTPLAN", "RTDOSE", "RTSTRUCT"]),
                new("north-cardiology", "Cardiology", ["XA", "US", "ECG", "CT"]), new("north-neurology", "Neurology", ["MR", "CT", "US"]),
                new("north-orthopaedics", "Orthopaedics", ["DX", "CT", "MR"]), new("north-oncology", "Oncology", ["CT", "MR", "PT", "US"]),
                new("north-paediatrics", "Paediatrics", ["US", "DX", "MR"]), new("north-surgery", "Surgery", ["CT", "XA", "DX"]),
                new("north-intensive-care", "Intensive care", ["DX", "US", "CT"]),
                new("north-internal-medicine", "Internal medicine", ["US", "CT", "ES"]),
            ],
            ["orthanc"]),
        new("south", "South Outpatient Centre", "Europe/Berlin",
            [new(Weekdays, "08:00", "17:00"), new([6], "08:00", "13:00")],
            [new("south practice rooms", "10.20.0.0/16"), new("south modalities", "10.21.0.0/20")],
            [
                new("south-radiology", "Radiology", ["CT", "MR", "CR", "US"]), new("south-ultrasound", "Ultrasound", ["US", "DX", "CR"]),
                new("south-mammography", "Mammography", ["MG", "US", "MR"]), new("south-orthopaedics", "Orthopaedics", ["DX", "MR", "CT"]),
                new("south-cardiology", "Cardiology", ["US", "ECG", "CT"]), new("south-gynaecology", "Gynaecology", ["US", "MR", "MG"]),
                new("south-urology", "Urology", ["US", "CT", "CR"]),
            ],
            ["south-archive"]),

        // No working hours: who reads from there always signs in again before writing.
        new("tele", "Teleradiology New York", "America/New_York", [],
            [new("teleradiology office", "10.30.0.0/24")],
            [
                new(NightReading, "Emergency reading", ["CT", "MR", "DX", "US"]),
                new("tele-neuroradiology", "Neuroradiology", ["CT", "MR", "XA", "US"]),
                new("tele-musculoskeletal", "Musculoskeletal reading", ["MR", "DX", "CT"]),
            ],
            []),
    ];

    /// <summary>Where machines stand and nobody opens anything: the network list machine-segments of the shipped policies.</summary>
    public static IReadOnlyList<Network> MachineSegments { get; } =
        [.. All.SelectMany(site => site.Networks).Where(network => network.Name.EndsWith(" modalities", StringComparison.Ordinal))];

    public static IReadOnlyList<(Site Site, Department Department)> Departments { get; } =
        [.. All.SelectMany(site => site.Departments.Select(department => (site, department)))];
}
