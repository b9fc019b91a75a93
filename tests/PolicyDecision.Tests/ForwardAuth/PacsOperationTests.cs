using AccessGov.PolicyDecision.ForwardAuth;

namespace AccessGov.PolicyDecision.Tests.ForwardAuth;

public sealed class PacsOperationTests
{
    private const string U = "1.2.840.1";
    private const string O = "8a8cf898-ca27c490-d0c7058c-929d0581-2bbf104d";
    private static readonly PacsPaths Paths = PacsPaths.Of("/dicom-web", "/wado", "/");

    [Theory]
    [InlineData("GET", "/dicom-web/studies", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies/", "study.search archive")]
    [InlineData("HEAD", "/dicom-web/studies", "study.search archive")]
    [InlineData("GET", "/dicom-web/series", "study.search archive")]
    [InlineData("GET", "/dicom-web/instances?limit=5", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?PatientName=Doe*", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?PatientID=P1", "study.search patient:P1")]
    [InlineData("GET", "/dicom-web/studies?00100020=P1", "study.search patient:P1")]
    [InlineData("GET", "/dicom-web/studies?0010-0020=P1", "study.search patient:P1")]
    [InlineData("GET", "/dicom-web/studies?PatientID=P%201", "study.search patient:P 1")]
    [InlineData("GET", "/dicom-web/studies?PatientID=P*", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?PatientID=P%3F", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?PatientID=P1%5CP2", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?PatientID=P1,P2", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?PatientID=%20P1", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?PatientID=P%C3%A9", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?PatientID=", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?StudyInstanceUID=1.2.840.1", "study.search study")]
    [InlineData("GET", "/dicom-web/studies?0020000D=1.2.840.1", "study.search study")]
    [InlineData("GET", "/dicom-web/studies?0020000d=1.2.840.1", "study.search study")]
    [InlineData("GET", "/dicom-web/series?StudyInstanceUID=1.2.840.1&PatientID=P1", "study.search study")]
    [InlineData("GET", "/dicom-web/studies?StudyInstanceUID=1.2.840.1&includefield=a&includefield=b", "study.search study")]
    [InlineData("GET", "/dicom-web/studies?StudyInstanceUID=1.2.840.1,1.2.840.2", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?StudyInstanceUID=1.2.840.1%5C1.2.840.2", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?StudyInstanceUID=", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?StudyInstanceUID", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies?StudyInstanceUID=1.2.*", "study.search archive")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series", "study.search study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/instances", "study.search study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances", "study.search study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series?StudyInstanceUID=1.2.840.1", "study.search study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1?accept=application/dicom", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4/frames/1", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4/frames/1,2,3", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4/frames/1%2C2", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4/bulkdata/7fe00010", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4/bulkdata/00400275/1/00400007", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/bulkdata", "study.retrieve study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/metadata", "study.read-metadata study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/metadata", "study.read-metadata study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4/metadata", "study.read-metadata study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/rendered", "study.view study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/thumbnail", "study.view study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/rendered", "study.view study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4/rendered?window=1,2,linear", "study.view study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4/frames/1/rendered", "study.view study")]
    [InlineData("GET", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4/frames/1/thumbnail", "study.view study")]
    [InlineData("POST", "/dicom-web/studies", "study.store archive")]
    [InlineData("POST", "/dicom-web/studies/1.2.840.1", "study.append study")]
    [InlineData("PUT", "/dicom-web/studies/1.2.840.1", "study.modify study")]
    [InlineData("DELETE", "/dicom-web/studies/1.2.840.1", "study.delete study")]
    [InlineData("DELETE", "/dicom-web/studies/1.2.840.1/series/1.3", "study.delete study")]
    [InlineData("DELETE", "/dicom-web/studies/1.2.840.1/series/1.3/instances/1.4", "study.delete study")]
    [InlineData("POST", "/dicom-web/studies/1.2.840.1/reject/113001", "study.delete study")]
    [InlineData("POST", "/dicom-web/servers/remote/stow", "study.send archive > remote")]
    [InlineData("GET", "/dicom-web/servers", "archive.administer archive")]
    [InlineData("POST", "/dicom-web/servers/remote/get", "archive.administer archive")]
    [InlineData("GET", "/dicom-web/app/client/index.html", "archive.use-ui archive")]
    [InlineData("GET", "/wado?requestType=WADO&studyUID=1.2.840.1&seriesUID=1.3&objectUID=1.4", "study.view study")]
    [InlineData("GET", "/wado?requestType=WADO&studyUID=1.2.840.1&seriesUID=1.3&objectUID=1.4&contentType=image%2Fjpeg", "study.view study")]
    [InlineData("GET", "/wado?requestType=WADO&studyUID=1.2.840.1&seriesUID=1.3&objectUID=1.4&contentType=application/dicom", "study.retrieve study")]
    [InlineData("GET", "/wado?requestType=WADO&studyUID=1.2.840.1&seriesUID=1.3&objectUID=1.4&contentType=image/jpeg,application/dicom", "study.retrieve study")]
    public void A_DICOMweb_request_is_an_action_on_what_its_target_names(string method, string target, string expected) =>
        Words(PacsOperation.Of(method, target, Paths)).ShouldBe(expected.Replace(" study", $" study:{U}", StringComparison.Ordinal));

    [Theory]
    [InlineData("GET", "/", "archive.use-ui archive")]
    [InlineData("GET", "/app/explorer.html", "archive.use-ui archive")]
    [InlineData("GET", "/ui/app/", "archive.use-ui archive")]
    [InlineData("GET", "/studies", "archive.list archive")]
    [InlineData("GET", "/studies?expand", "archive.list archive")]
    [InlineData("GET", "/patients", "archive.list archive")]
    [InlineData("GET", "/series", "archive.list archive")]
    [InlineData("GET", "/instances", "archive.list archive")]
    [InlineData("POST", "/instances", "study.store archive")]
    [InlineData("GET", "/changes?since=0", "archive.list archive")]
    [InlineData("DELETE", "/changes", "archive.administer archive")]
    [InlineData("GET", "/statistics", "archive.list archive")]
    [InlineData("GET", "/system", "archive.administer archive")]
    [InlineData("GET", "/plugins", "archive.administer archive")]
    [InlineData("GET", "/jobs/x/archive", "archive.administer archive")]
    [InlineData("GET", "/studies/{O}", "study.read-metadata orthanc-study")]
    [InlineData("GET", "/studies/{O}/series", "study.read-metadata orthanc-study")]
    [InlineData("GET", "/studies/{O}/metadata/LastUpdate", "study.read-metadata orthanc-study")]
    [InlineData("GET", "/studies/{O}/archive", "study.export orthanc-study > media")]
    [InlineData("GET", "/studies/{O}/media", "study.export orthanc-study > media")]
    [InlineData("POST", "/studies/{O}/archive", "study.export orthanc-study > media")]
    [InlineData("GET", "/studies/{O}/attachments/dicom/data", "study.retrieve orthanc-study")]
    [InlineData("DELETE", "/studies/{O}", "study.delete orthanc-study")]
    [InlineData("POST", "/studies/{O}/modify", "study.modify orthanc-study")]
    [InlineData("POST", "/studies/{O}/split", "study.modify orthanc-study")]
    [InlineData("POST", "/studies/{O}/merge", "patient.merge archive")]
    [InlineData("POST", "/studies/{O}/anonymize", "study.deidentify orthanc-study")]
    [InlineData("PUT", "/studies/{O}/labels/vip", "study.relabel orthanc-study")]
    [InlineData("DELETE", "/studies/{O}/labels/vip", "study.relabel orthanc-study")]
    [InlineData("PUT", "/studies/{O}/metadata/1024", "study.modify orthanc-study")]
    [InlineData("GET", "/patients/{O}", "study.read-metadata orthanc-patient")]
    [InlineData("GET", "/patients/{O}/archive", "study.export orthanc-patient > media")]
    [InlineData("DELETE", "/patients/{O}", "study.delete orthanc-patient")]
    [InlineData("GET", "/series/{O}", "study.read-metadata archive")]
    [InlineData("DELETE", "/series/{O}", "study.delete archive")]
    [InlineData("GET", "/instances/{O}/file", "study.retrieve archive")]
    [InlineData("GET", "/instances/{O}/preview", "study.view archive")]
    [InlineData("GET", "/instances/{O}/tags", "study.read-metadata archive")]
    [InlineData("GET", "/instances/{O}/content/7fe0-0010/0", "study.retrieve archive")]
    [InlineData("GET", "/instances/{O}/frames/0/raw", "study.retrieve archive")]
    [InlineData("POST", "/instances/{O}/export", "study.export archive > media")]
    [InlineData("POST", "/tools/find", "archive.list archive")]
    [InlineData("GET", "/tools/create-archive?resources=a,b", "study.export archive > media")]
    [InlineData("POST", "/tools/create-media", "study.export archive > media")]
    [InlineData("POST", "/tools/bulk-delete", "study.delete archive")]
    [InlineData("POST", "/tools/bulk-anonymize", "study.deidentify archive")]
    [InlineData("POST", "/tools/bulk-modify", "study.modify archive")]
    [InlineData("POST", "/tools/execute-script", "archive.administer archive")]
    [InlineData("POST", "/tools/reset", "archive.administer archive")]
    [InlineData("POST", "/modalities/My%20PACS/store", "study.send archive > My PACS")]
    [InlineData("POST", "/peers/backup/store", "study.send archive > backup")]
    [InlineData("POST", "/modalities/x/query", "archive.administer archive")]
    [InlineData("PUT", "/modalities/x", "archive.administer archive")]
    public void An_Orthanc_request_is_an_action_on_what_its_target_names(string method, string target, string expected) =>
        Words(PacsOperation.Of(method, target.Replace("{O}", O, StringComparison.Ordinal), Paths))
            .ShouldBe(expected.Replace("orthanc-study", $"orthanc-study:{O}", StringComparison.Ordinal).Replace("orthanc-patient", $"orthanc-patient:{O}", StringComparison.Ordinal));

    [Fact]
    public void A_target_longer_than_the_bound_is_no_operation() =>
        PacsOperation.Of("GET", "/dicom-web/studies?PatientName=" + new string('x', RequestTarget.LengthMax), Paths).ShouldBeNull();

    [Fact]
    public void An_interface_that_is_not_there_maps_nothing()
    {
        PacsPaths dicomWebOnly = PacsPaths.Of("/pacs/rs", null, null);
        Words(PacsOperation.Of("GET", "/pacs/rs/studies/1.2.840.1", dicomWebOnly)).ShouldBe("study.retrieve study:1.2.840.1");
        PacsOperation.Of("GET", "/dicom-web/studies/1.2.840.1", dicomWebOnly).ShouldBeNull();
        PacsOperation.Of("GET", "/system", dicomWebOnly).ShouldBeNull();
        PacsOperation.Of("GET", "/wado?requestType=WADO&studyUID=1.2&seriesUID=1.3&objectUID=1.4", dicomWebOnly).ShouldBeNull();
    }

    [Fact]
    public void No_mangled_target_is_ever_read_as_another_study()
    {
        // Whatever single character is put anywhere into a good target: it is refused, stays within the archive's view of the same study, or names one longer UID.
        const string good = "/dicom-web/studies/1.2.840.1/metadata";
        foreach (char inserted in Enumerable.Range(0, 256).Select(code => (char)code).Where(character => !char.IsAsciiDigit(character)))
        {
            for (int at = 0; at <= good.Length; at++)
            {
                PacsOperation? operation = PacsOperation.Of("GET", good.Insert(at, inserted.ToString()), Paths);
                if (operation is not null)
                {
                    string wire = good.Insert(at, inserted.ToString()).Split('?')[0];
                    Words(operation).ShouldBeOneOf(
                        $"study.read-metadata study:{(wire.Split('/') is [_, _, _, var uid, ..] ? uid : "")}",
                        $"study.retrieve study:{(wire.Split('/') is [_, _, _, var other, ..] ? other : "")}", "study.search archive");
                }
            }
        }
    }

    private static string Words(PacsOperation? operation) => operation is null ? "unknown" : $"{operation.Action} " + operation.Resource switch
    {
        PacsResource.Study study => $"study:{study.Uid}",
        PacsResource.Patient patient => $"patient:{patient.Id}",
        PacsResource.OrthancStudy study => $"orthanc-study:{study.OrthancId}",
        PacsResource.OrthancPatient patient => $"orthanc-patient:{patient.OrthancId}",
        _ => "archive",
    } + (operation.Destination is { } destination ? $" > {destination}" : "");
}
