using System.Text;

namespace AccessGov.Cedar.Tests.Schemas;

public sealed class RequestConformanceTests
{
    private static readonly Schema Schema = Schema.Parse(
        """
        entity User, Service, Photo;
        entity Colour enum ["red"];
        action group;
        action view in [group] appliesTo {
          principal: [User, Colour],
          resource: [Photo, Colour],
          context: { ip: ipaddr, owner?: User, now: { at: datetime }, colour?: Colour },
        };
        action free appliesTo { principal: User, resource: Photo };
        """);

    private static readonly RecordValue Context = Read("""{"ip":"10.0.0.1","now":{"at":"2025-01-01"}}""");

    [Fact]
    public void A_request_as_the_schema_declares_it_conforms()
    {
        Check(new("User", "u"), "view", new("Photo", "p"), Context).ShouldBeEmpty();
        Check(new("Colour", "red"), "view", new("Colour", "red"), Context).ShouldBeEmpty();
        Check(new("User", "u"), "free", new("Photo", "p"), RecordValue.Empty).ShouldBeEmpty();
        Check(new("User", "u"), "view", new("Photo", "p"), Read(
            """{"ip":{"__extn":{"fn":"ip","arg":"::1"}},"owner":{"type":"User","id":"o"},"now":{"at":"2025-01-01"},"colour":{"type":"Colour","id":"red"}}""")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("User", "u", "look", "Photo", "p", "action", "Action::\"look\" is not an action of the schema.")]
    [InlineData("Service", "s", "view", "Photo", "p", "principal", "Service::\"s\" is a `Service`, but Action::\"view\" applies to Colour, User.")]
    [InlineData("Nobody", "n", "view", "Photo", "p", "principal", "Nobody::\"n\" is a `Nobody`, but Action::\"view\" applies to Colour, User.")]
    [InlineData("User", "u", "view", "User", "u", "resource", "User::\"u\" is a `User`, but Action::\"view\" applies to Colour, Photo.")]
    [InlineData("Colour", "blue", "view", "Photo", "p", "principal", "There is no Colour::\"blue\": the ids of `Colour` are \"red\".")]
    [InlineData("User", "u", "view", "Colour", "blue", "resource", "There is no Colour::\"blue\"")]
    public void A_request_that_the_action_does_not_apply_to_is_refused(
        string principalType, string principal, string action, string resourceType, string resource, string path, string complaint)
    {
        ConformanceError error = Check(new(principalType, principal), action, new(resourceType, resource), Context).ShouldHaveSingleItem();

        error.Path.ShouldBe(path);
        error.Message.ShouldContain(complaint);
        error.Entity.ShouldBeNull();
        error.ToString().ShouldStartWith($"{path}: ");
    }

    [Fact]
    public void A_group_of_actions_applies_to_nothing() =>
        Check(new("User", "u"), "group", new("Photo", "p"), RecordValue.Empty).Select(error => error.ToString()).ShouldBe(
            ["principal: Action::\"group\" applies to nothing: it is a group of actions.", "resource: Action::\"group\" applies to nothing: it is a group of actions."]);

    [Fact]
    public void A_context_must_conform()
    {
        var context = RecordValue.Of(("ip", Value.Of("10.0.0.1")), ("now", RecordValue.Empty), ("x", Value.Of(1)), ("colour", new EntityUid("Colour", "blue")));

        Check(new("User", "u"), "view", new("Photo", "p"), context).Select(error => error.ToString()).ShouldBe(
        [
            "context.ip: Expected ipaddr, found string.",
            "context.now.at: This is required and missing; expected datetime.",
            "context.x: This is not declared; expected colour, ip, now, owner.",
            "context.colour: There is no Colour::\"blue\": the ids of `Colour` are \"red\".",
        ]);
        Check(new("User", "u"), "free", new("Photo", "p"), Context).Select(error => error.Path).ShouldBe(["context.ip", "context.now"]);
    }

    [Theory]
    [InlineData("""{"ip":"10.0.0.1"}""", "context.now", "required and missing")]
    [InlineData("""{"ip":"nowhere","now":{"at":"2025-01-01"}}""", "context.ip", "Expected ipaddr: \"nowhere\"")]
    [InlineData("""{"ip":"10.0.0.1","now":{"at":"today"}}""", "context.now.at", "Expected datetime: \"today\"")]
    public void A_context_is_read_with_the_types_in_mind(string json, string path, string complaint)
    {
        ConformanceError error = Should.Throw<ConformanceException>(() => Read(json)).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe(path);
        error.Message.ShouldContain(complaint);
    }

    [Fact]
    public void A_context_of_an_unknown_action_cannot_be_read() =>
        Should.Throw<ConformanceException>(() => Schema.ReadContext(new EntityUid("Action", "look"), "{}"u8)).Errors.ShouldHaveSingleItem().Path.ShouldBe("action");

    [Theory]
    [InlineData("[]", "`context` is an object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{\"ip\":\"::1\",\"ip\":\"::1\",\"now\":{\"at\":\"2025-01-01\"}}", "`ip` occurs twice")]
    public void What_is_no_context_at_all_is_refused(string json, string complaint) =>
        Should.Throw<ValueJsonException>(() => Read(json)).Message.ShouldContain(complaint);

    private static RecordValue Read(string json) => Schema.ReadContext(new EntityUid("Action", "view"), Encoding.UTF8.GetBytes(json));

    private static IReadOnlyList<ConformanceError> Check(EntityUid principal, string action, EntityUid resource, RecordValue context) =>
        Schema.Check(new Request(principal, new EntityUid("Action", action), resource, context));
}
