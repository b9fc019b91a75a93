namespace AccessGov.Audit.Tests.Ingest.Dicom;

/// <summary>Audit messages as systems send them.</summary>
internal static class DicomMessages
{
    public const string Patient =
        """
        <ParticipantObjectIdentification ParticipantObjectID="4711" ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1">
          <ParticipantObjectIDTypeCode csd-code="2" codeSystemName="RFC-3881" originalText="Patient Number"/>
          <ParticipantObjectName>Müller^Änne</ParticipantObjectName>
        </ParticipantObjectIdentification>
        """;

    public const string Study =
        """
        <ParticipantObjectIdentification ParticipantObjectID="1.2.840.5.1" ParticipantObjectTypeCode="2" ParticipantObjectTypeCodeRole="3">
          <ParticipantObjectIDTypeCode csd-code="110180" codeSystemName="DCM" originalText="Study Instance UID"/>
          <ParticipantObjectDescription><Accession Number="A-99"/>
            <SOPClass UID="1.2.840.10008.5.1.4.1.1.2" NumberOfInstances="120"/></ParticipantObjectDescription>
        </ParticipantObjectIdentification>
        """;

    public const string Person =
        """
        <ActiveParticipant UserID="ada@hospital" AlternativeUserID="ada.l@REALM" UserName="Lovelace^Ada" UserIsRequestor="true"
            NetworkAccessPointID="10.1.2.3" NetworkAccessPointTypeCode="2"/>
        """;

    public const string Process =
        """
        <ActiveParticipant UserID="4242" AlternativeUserID="AETITLES=VIEWER1;VIEWER2" UserIsRequestor="false"
            NetworkAccessPointID="ws-radiology-7" NetworkAccessPointTypeCode="1">
            <RoleIDCode csd-code="110150" codeSystemName="DCM" originalText="Application"/></ActiveParticipant>
        """;

    /// <summary>A message of the current standard: somebody opened a study of a patient.</summary>
    public static string Accessed => Message("110103", "R", Person + Process, Study + Patient);

    public static string Message(
        string id, string action = "E", string participants = Person, string objects = "", string outcome = "0", string? type = null,
        string more = "",
        string time = "2026-11-27T18:40:00.123+01:00") =>
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <AuditMessage>
          <EventIdentification EventActionCode="{action}" EventDateTime="{time}" EventOutcomeIndicator="{outcome}">
            <EventID csd-code="{id}" codeSystemName="DCM" originalText="An event"/>
            {(type is null ? "" : $"""<EventTypeCode csd-code="{type}" codeSystemName="DCM" originalText="A type"/>""")}
            {more}
          </EventIdentification>
          {participants}
          <AuditSourceIdentification AuditSourceID="PACS-1" AuditEnterpriseSiteID="North">
            <AuditSourceTypeCode csd-code="4"/></AuditSourceIdentification>
          {objects}
        </AuditMessage>
        """;

    /// <summary>The same in the form of RFC 3881, with its elements in another order.</summary>
    public const string OldForm =
        """
        <AuditMessage>
          <ParticipantObjectIdentification ParticipantObjectID="4711^^^HOSP&amp;1.2.3&amp;ISO"
              ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1">
            <ParticipantObjectIDTypeCode code="2" displayName="Patient Number"/>
          </ParticipantObjectIdentification>
          <ParticipantObjectIdentification ParticipantObjectID="1.2.840.5.1"
              ParticipantObjectTypeCode="2" ParticipantObjectTypeCodeRole="3">
            <ParticipantObjectIDTypeCode code="110180" displayName="Study Instance UID"/>
            <Accession Number="A-99"/>
          </ParticipantObjectIdentification>
          <AuditSourceIdentification AuditSourceID="PACS-1"/>
          <ActiveParticipant UserID="ada@hospital" UserIsRequestor="1" NetworkAccessPointTypeCode="2" NetworkAccessPointID="10.1.2.3"/>
          <EventIdentification EventActionCode="R" EventDateTime="2026-11-27T17:40:00Z" EventOutcomeIndicator="0">
            <EventTypeCode code="ITI-43" codeSystemName="IHE Transactions"/>
            <EventID code="110103" codeSystemName="DCM" displayName="DICOM Instances Accessed"/>
          </EventIdentification>
        </AuditMessage>
        """;

    public static string Framed(string message, string header = "<85>1 2026-11-27T18:40:01.5+01:00 pacs1 PACS 77 IHE+RFC-3881 - ") =>
        header + message;
}
