namespace AccessGov.Cedar.Tests.Differential;

/// <summary>The schema of a hospital, with whatever Cedar can say; which attributes are optional differs from seed to seed.</summary>
internal static class HospitalSchema
{
    // Every § is a question mark or nothing.
    private const string Marked = """
        namespace Hospital {
          type Place = { address: ipaddr, since§: datetime, inside§: Bool };
          entity Role enum ["doctor", "nurse", "clerk", "auditor"];
          entity Floor enum ["ground", "top"];
          entity Department in [Department] = { name: String, budget: decimal, floor§: Floor };
          entity Team in [Department, Team] = { lead§: User, size: Long } tags Set<String>;
          entity User in [Team, Department, Role] = {
            age: Long, grade: decimal, name§: String, department: Department, boss§: User, skills: Set<String>, shift: duration,
            home§: Place, codes: Set<Long>, manages: Set<Department>, hired§: datetime, active: Bool, role§: Role,
          } tags String;
          entity Device in [Department] = { address: ipaddr, level§: Long, "serial number"§: String };
          entity Patient in [Department] = { careTeam: Set<User>, born: datetime, vip§: Bool, weight§: decimal, room: Place };
          entity Study in [Patient, Department] = {
            patient: Patient, modality: Set<String>, taken: datetime, reader§: User, priority: Long, length§: duration,
            labels: { urgent: Bool, codes: Set<Long>, note§: String, "in"§: Long }, places: Set<Place>,
          } tags Long;
          type Circumstances = {
            now: datetime, source: ipaddr, wait: duration, limit: decimal, emergency: Bool, reason§: String, device§: Device, level: Long,
            purposes: Set<String>, place§: Place,
          };
          action all;
          action read, write in [all];
          action view, search in [read] appliesTo { principal: [User], resource: [Study, Patient], context: Circumstances };
          action annotate in [write] appliesTo { principal: [User, Device], resource: Study, context: { note§: String, level: Long, now: datetime } };
          action "store image" in [write] appliesTo { principal: Device, resource: [Study, Department], context: Circumstances };
          action manage in [all] appliesTo { principal: [User], resource: [User, Team, Department, Device, Role], context: { level: Long } };
          action idle;
        }
        """;

    public static string Text(Random random) =>
        string.Concat(Marked.Split('§').Select((part, i) => i == 0 ? part : random.Next(2) == 0 ? $"?{part}" : part));
}
