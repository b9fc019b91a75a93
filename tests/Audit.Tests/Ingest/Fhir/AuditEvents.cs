using System.Text.Json.Nodes;

namespace AccessGov.Audit.Tests.Ingest.Fhir;

/// <summary>AuditEvents as systems send them.</summary>
internal static class AuditEvents
{
    /// <summary>BALP's PatientRead: a person read a report with an application.</summary>
    public static JsonObject PatientRead() => Parse(
        """
        {
          "resourceType": "AuditEvent",
          "meta": { "profile": ["https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead"] },
          "type": { "system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest" },
          "subtype": [{ "system": "http://hl7.org/fhir/restful-interaction", "code": "read" }],
          "action": "R", "recorded": "2026-11-27T18:40:00.123+01:00", "outcome": "0",
          "purposeOfEvent": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT" }] }],
          "agent": [
            { "type": { "coding": [{ "system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110153" }] },
              "who": { "display": "the.server" }, "requestor": false, "network": { "address": "fhir.hospital", "type": "1" } },
            { "type": { "coding": [{ "system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110152" }] },
              "who": { "reference": "Device/viewer" }, "requestor": false, "network": { "address": "10.1.2.3", "type": "2" } },
            { "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP" }] },
              "who": { "identifier": { "system": "https://issuer", "value": "ada" }, "display": "Dr. Ada Lovelace" }, "requestor": true }
          ],
          "source": { "site": "north", "observer": { "reference": "Device/ehr" } },
          "entity": [
            { "what": { "reference": "DiagnosticReport/r-7/_history/2" }, "type": { "code": "2" }, "role": { "code": "4" } },
            { "what": { "reference": "Patient/4711", "display": "Müller, Änne" }, "type": { "code": "1" }, "role": { "code": "1" } },
            { "what": { "identifier": { "value": "req-1" } }, "type": { "code": "XrequestId" } }
          ]
        }
        """);

    /// <summary>What a PACS sends of a study that was opened, with DICOM's codes.</summary>
    public static JsonObject StudyAccessed() => Parse(
        """
        {
          "resourceType": "AuditEvent",
          "type": { "system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110103" }, "action": "R",
          "recorded": "2026-11-27T17:40:00Z", "outcome": "8", "outcomeDesc": "no space",
          "agent": [{ "who": { "reference": "https://ehr/fhir/Practitioner/ada" }, "altId": "ada@hospital", "requestor": true,
            "network": { "address": "10.1.2.3", "type": "2" }, "purposeOfUse": [{ "coding": [{ "code": "BTG" }] }] }],
          "source": { "observer": { "identifier": { "value": "pacs-7" } } },
          "entity": [
            { "what": { "identifier": { "system": "urn:dicom:uid", "value": "urn:oid:1.2.840.5.1" } },
              "type": { "code": "2" }, "role": { "code": "3" } },
            { "what": { "reference": "Patient/4711" } }, { "what": { "reference": "Patient/4712" }, "name": "Huber" },
            { "query": "UGF0aWVudE5hbWU9SHViZXI=", "role": { "code": "24" }, "detail": [{ "type": "encoding", "valueString": "utf-8" }] }
          ]
        }
        """);

    private static JsonObject Parse(string text) => JsonNode.Parse(text)!.AsObject();
}
