using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Provisioning;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

/// <summary>What may go side by side in a bulk request, and what keeps its order.</summary>
public sealed class BulkOrderSpecs
{
    private const string A = """{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"Ada"}}""";
    private const string B = """{"method":"POST","path":"/Users","bulkId":"b","data":{"userName":"bob","externalId":"7"}}""";
    private const string Group =
        """
        {"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"g","members":[{"value":"bulkId:a"},{"value":"bulkId:b"}]}}
        """;

    private const string Name1 =
        """{"method":"PATCH","path":"/Users/1","data":{"Operations":[{"op":"replace","path":"userName","value":"ada"}]}}""";

    [Theory]
    [InlineData("independent ones go side by side", "0: 1: 2: 3:", A, B,
        """{"method":"PATCH","path":"/Users/1","data":[{"op":"replace","path":"active","value":false}]}""",
        """{"method":"PATCH","path":"/Users/2","data":[{"op":"replace","path":"active","value":false}]}""")]
    [InlineData("the same resource, however its path is written", "0: 1:0 2:1",
        """{"method":"PATCH","path":"/Users/1","data":[]}""", """{"method":"PUT","path":"Users//1/","data":{}}""",
        """{"method":"DELETE","path":"/Users/1"}""")]
    [InlineData("what is referred to comes first", "1: 2: 0:1,2 3:0,1", Group, A, B,
        """{"method":"DELETE","path":"/Users/bulkId:a"}""")]
    [InlineData("a ring is told so, one by one", "1: 0:1",
        """{"method":"POST","path":"/Groups","bulkId":"a","data":{"members":[{"value":"bulkId:b"}]}}""",
        """{"method":"POST","path":"/Groups","bulkId":"b","data":{"members":[{"value":"bulkId:a"}]}}""")]
    [InlineData("one name, in any case", "0: 1:0", A, """{"method":"POST","path":"/Users","bulkId":"c","data":{"UserName":"ADA"}}""")]
    [InlineData("one external id", "0: 1:0", B,
        """{"method":"POST","path":"/Users","bulkId":"c","data":{"userName":"c","externalId":"7"}}""")]
    [InlineData("a name that somebody gives up", "0: 1:0", """{"method":"DELETE","path":"/Users/ada"}""", A)]
    [InlineData("a name that somebody takes and gives up again", "0: 1:0 2:1", Name1,
        """{"method":"PUT","path":"/Users/1","data":{"userName":"other"}}""", A)]
    [InlineData("a name that is given up before what needs it is pulled up", "1: 2:1 3: 0:2,3", Group,
        """{"method":"DELETE","path":"/Users/ada"}""", A, B)]
    [InlineData("somebody who goes and a group that names them", "0: 1:0",
        """{"method":"DELETE","path":"/Users/1"}""",
        """{"method":"PATCH","path":"/Groups/2","data":[{"op":"remove","path":"members[value eq \"1\"]"}]}""")]
    [InlineData("groups of one name, and no external id", "0: 1: 2:0",
        """{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"x","externalId":"7"}}""",
        """{"method":"POST","path":"/Groups","bulkId":"h","data":{"displayName":"y","externalId":"7"}}""",
        """{"method":"POST","path":"/Groups","bulkId":"i","data":{"displayName":"X"}}""")]
    public void What_touches_the_same_keeps_its_order(string what, string expected, params string[] operations)
    {
        ScimBulkOperation[] given = [.. operations.Select((one, place) => ScimBulkOperation.Of((JsonObject)JsonNode.Parse(one)!, place))];

        // The person with the id "ada" is called ada; names are compared without their case.
        ILookup<string, string> keys = given.SelectMany(one => one.Names).Append("ada").Distinct()
            .ToLookup(name => name, name => name.ToLowerInvariant(), StringComparer.Ordinal);

        string.Join(' ', ScimBulkOrder.Of(given, keys).Select(step => $"{step.Operation.Place}:{string.Join(',', step.After.Order())}"))
            .ShouldBe(expected, what);
    }
}
