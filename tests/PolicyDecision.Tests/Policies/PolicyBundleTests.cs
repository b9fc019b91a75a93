using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AccessGov.PolicyDecision.Tests.Policies;

public sealed class PolicyBundleTests
{
    private const string View = "@id(\"view\") permit (principal, action, resource);";

    [Fact]
    public async Task A_bundle_proves_itself_and_one_changed_byte_does_not()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem());
            await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["PolicyDecision:PolicySigningKeyFile"] = file });
            await PublishAsync(host, View);
            await PublishAsync(host, View + " // second");

            JsonNode bundle = await host.GetAsync("/policy-sets/hospital/versions/1/bundle");
            JsonNode manifest = JsonNode.Parse(bundle["manifest"]!.GetValue<string>())!;
            (manifest["name"]!.GetValue<string>(), manifest["version"]!.GetValue<int>(), manifest["by"]!.GetValue<string>(), manifest["event"]!.GetValue<string>())
                .ShouldBe(("hospital", 1, "grace", "published"));
            Verifies(bundle).ShouldBeTrue();
            foreach (Action<JsonNode> change in (Action<JsonNode>[])
            [
                changed => changed["files"]![0]!["text"] = View.Replace("permit", "forbid", StringComparison.Ordinal),
                changed => changed["files"]![0]!["name"] = "q.cedar",
                changed => changed["manifest"] = changed["manifest"]!.GetValue<string>().Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal),
                changed => changed["signature"] = ChangedOnce(changed["signature"]!.GetValue<string>()),
                changed => changed["key"]!["x"] = changed["key"]!["y"]!.GetValue<string>(),
            ])
            {
                JsonNode other = bundle.DeepClone();
                change(other);
                Verifies(other).ShouldBeFalse(other.ToJsonString());
            }

            // A roll back is said and signed by whoever did it.
            (await host.PostAsync("/policy-sets/hospital/roll-back", new { version = 1 })).StatusCode.ShouldBe(HttpStatusCode.OK);
            JsonNode back = await host.GetAsync("/policy-sets/hospital/versions/1/bundle");
            JsonNode.Parse(back["manifest"]!.GetValue<string>())!["event"]!.GetValue<string>().ShouldBe("rolled_back");
            (back["inForce"]!.GetValue<bool>(), Verifies(back)).ShouldBe((true, true));
            await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/policy-sets/hospital/versions/3/bundle"), 404, "version_unknown");
            await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/policy-sets/none/versions/1/bundle"), 404, "policy_set_unknown");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Without_a_key_the_bundle_says_that_nobody_signed_it()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await PublishAsync(host, View);
        JsonNode bundle = await host.GetAsync("/policy-sets/hospital/versions/1/bundle");
        bundle["signature"].ShouldBeNull();
        bundle["unsigned"]!.GetValue<string>().ShouldContain("PolicySigningKeyFile");
        JsonNode.Parse(bundle["manifest"]!.GetValue<string>())!["by"]!.GetValue<string>().ShouldBe("grace");
    }

    /// <summary>What somebody does who has the answer and the specifications of JWS and JWK, and nothing of ours but the README.</summary>
    private static bool Verifies(JsonNode bundle)
    {
        string manifest = bundle["manifest"]!.GetValue<string>();
        string[] parts = bundle["signature"]!.GetValue<string>().Split('.');
        JsonNode key = bundle["key"]!;
        JsonNode header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        if (header["alg"]!.GetValue<string>() != "ES256" || header["kid"]!.GetValue<string>() != key["kid"]!.GetValue<string>())
        {
            return false;
        }

        try
        {
            using var ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Base64Url.DecodeFromChars(key["x"]!.GetValue<string>()), Y = Base64Url.DecodeFromChars(key["y"]!.GetValue<string>()) },
            });
            byte[] signed = Encoding.ASCII.GetBytes($"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(manifest))}");
            return ecdsa.VerifyData(signed, Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256)
                && JsonNode.Parse(manifest)!["hash"]!.GetValue<string>() == HashOf(bundle["files"]!.AsArray());
        }
        catch (CryptographicException)
        {
            // A point that does not lie on the curve.
            return false;
        }
    }

    private static string HashOf(JsonArray files)
    {
        var bytes = new List<byte>();
        foreach (string part in files.OrderBy(file => file!["name"]!.GetValue<string>(), StringComparer.Ordinal).SelectMany(file => new[] { file!["name"]!.GetValue<string>(), file["text"]!.GetValue<string>() }))
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(part);
            byte[] length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, utf8.Length);
            bytes.AddRange([.. length, .. utf8]);
        }

        return Convert.ToHexStringLower(SHA256.HashData([.. bytes]));
    }

    private static string ChangedOnce(string jws) => jws[..^10] + (jws[^10] == 'A' ? 'B' : 'A') + jws[^9..];

    private static async Task PublishAsync(PolicyDecisionHost host, string cedar) =>
        (await host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "p.cedar", text = cedar } }, comment = "c" })).StatusCode.ShouldBe(HttpStatusCode.OK);
}
