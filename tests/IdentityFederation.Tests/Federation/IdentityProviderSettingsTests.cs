using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Federation.OpenIdConnect;
using AccessGov.Testing;
using Microsoft.Extensions.Configuration;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>The settings of identity providers, and what pages tell people to write there.</summary>
public sealed class IdentityProviderSettingsTests
{
    private static readonly string SecretFile = FileWith("a secret");
    private static readonly string KeyFile = FileWith(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem());

    [Theory]
    [InlineData("EntraId.md", 1)]
    [InlineData("Okta.md", 2)]
    [InlineData("AdFs.md", 1)]
    public void The_settings_of_a_page_are_good_as_they_stand_there(string page, int count)
    {
        string text = File.ReadAllText(WorkingCopy.PathOf("services", "IdentityFederation", page));
        MatchCollection blocks = Regex.Matches(text, "```json\n(.*?)```", RegexOptions.Singleline);
        blocks.Count.ShouldBe(count);
        foreach (string json in blocks.Select(block => block.Groups[1].Value))
        {
            string here = Regex.Replace(Regex.Replace(json, "(?<=\"ClientKeyFile\": \")[^\"]+", KeyFile),
                "(?<=\"ClientSecretFile\": \")[^\"]+", SecretFile);
            JsonObject written = JsonNode.Parse(here)!["IdentityFederation"]!["IdentityProviders"]!.AsObject();
            IdentityProvidersOptions bound = Bound(here);

            FaultsOf(bound).ShouldBeEmpty(page);
            foreach ((string name, JsonNode? provider) in written)
            {
                ShouldBeBound(provider!, bound[name], name);
                text.ShouldContain(name == "night-readers" ? name : $"{{PublicUrl}}/sign-in/providers/{name}/callback");
            }
        }
    }

    [Theory]
    [InlineData("Upper", "Organisation", "hospital", "name is 1 to 64")]
    [InlineData("idp", "Organisation", "", "IdP|required|id of an organisation")]
    [InlineData("idp", "Organisation", "Not An Id", "id of an organisation")]
    [InlineData("idp", "DisplayName", "", "required")]
    [InlineData("idp", "OpenIdConnect:Authority", "http://idp.example", "https")]
    [InlineData("idp", "OpenIdConnect:Authority", "https://idp.example/?x=1", "https")]
    [InlineData("idp", "OpenIdConnect:ClientId", "", "required")]
    [InlineData("idp", "OpenIdConnect:ClientSecretFile", "", "Either a file")]
    [InlineData("idp", "OpenIdConnect:ClientSecretFile", "/nowhere", "cannot be used")]
    [InlineData("idp", "OpenIdConnect:ClientKeyFile", "/nowhere", "Either a file")]
    [InlineData("idp", "OpenIdConnect:Scopes:0", "two scopes", "One scope")]
    [InlineData("idp", "OpenIdConnect:Timeout", "00:10:00", "Timeout")]
    [InlineData("idp", "Provisioning:Mode", "JustInTime", "how long the access lasts")]
    [InlineData("idp", "Provisioning:AccountsLast", "00:00:01", "AccountsLast")]
    [InlineData("idp", "Provisioning:InactiveUnless:Claim", "x", "required")]
    [InlineData("idp", "Groups:0:Claim", "roles", "required")]
    [InlineData("idp", "Contexts:0:Value", "mfa", "Means")]
    public void What_is_wrong_is_told_at_the_start(string name, string setting, string value, string told)
    {
        Dictionary<string, string?> settings = Good(name);
        FaultsOf(Bound(Good("idp"))).ShouldBeEmpty();

        settings[$"{IdentityProvidersOptions.Section}:{name}:{setting}"] = value;

        string.Join('\n', FaultsOf(Bound(settings))).ShouldMatch(told);
    }

    [Fact]
    public void A_provider_without_a_protocol_is_wrong() =>
        FaultsOf(new IdentityProvidersOptions { ["idp"] = new() { Organisation = "hospital", DisplayName = "x" } }).ShouldHaveSingleItem();

    [Theory]
    [InlineData("an EC key of another curve")]
    [InlineData("a short RSA key")]
    [InlineData("no key")]
    public void A_key_that_is_too_weak_or_none_is_told(string which)
    {
        string file = FileWith(which switch
        {
            "an EC key of another curve" => ECDsa.Create(ECCurve.NamedCurves.nistP384).ExportPkcs8PrivateKeyPem(),
            "a short RSA key" => RSA.Create(1024).ExportPkcs8PrivateKeyPem(),
            _ => "nothing",
        });
        var settings = new OpenIdConnectSettings { Authority = new("https://idp.example"), ClientId = "x", ClientKeyFile = file };
        settings.Validate(new ValidationContext(settings)).ShouldHaveSingleItem().ErrorMessage.ShouldNotBeNull()
            .ShouldContain("cannot be used");
    }

    [Fact]
    public void An_object_guid_in_base64_is_the_same_as_its_text()
    {
        var guid = Guid.NewGuid();
        var linking = new LinkingSettings { ExternalIdClaim = "objectguid", ExternalIdFormat = ExternalIdFormat.Base64Guid };
        string? Read(string value) => linking.ExternalIdOf(new AssertedIdentity(
            "idp", "https://idp.example", "x",
            new[] { KeyValuePair.Create("objectguid", value) }.ToLookup(one => one.Key, one => one.Value), [], default, null,
            new Statement([], default)));
        Read(Convert.ToBase64String(guid.ToByteArray())).ShouldBe(guid.ToString());
        Read(guid.ToString()).ShouldBeNull();
        Read("AAAA").ShouldBeNull();
    }

    private static Dictionary<string, string?> Good(string name) => new[]
    {
        ("Organisation", "hospital"), ("DisplayName", "Login"), ("OpenIdConnect:Authority", "https://idp.example"),
        ("OpenIdConnect:ClientId", "x"),
        ("OpenIdConnect:ClientSecretFile", SecretFile),
    }.ToDictionary(one => $"{IdentityProvidersOptions.Section}:{name}:{one.Item1}", one => (string?)one.Item2, StringComparer.Ordinal);

    private static IdentityProvidersOptions Bound(string json) =>
        Bound(new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))));

    private static IdentityProvidersOptions Bound(Dictionary<string, string?> settings) =>
        Bound(new ConfigurationBuilder().AddInMemoryCollection(settings));

    private static IdentityProvidersOptions Bound(IConfigurationBuilder builder)
    {
        var options = new IdentityProvidersOptions();
        builder.Build().GetSection(IdentityProvidersOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        return options;
    }

    private static string[] FaultsOf(IdentityProvidersOptions options) =>
        [.. options.Validate(new ValidationContext(options))
            .Select(fault => $"{string.Join(',', fault.MemberNames)}: {fault.ErrorMessage}")];

    /// <summary>Every value of the page has reached its setting.</summary>
    private static void ShouldBeBound(JsonNode written, object bound, string place)
    {
        foreach ((string name, JsonNode? value) in written.AsObject())
        {
            object there = bound.GetType().GetProperty(name).ShouldNotBeNull($"{place}:{name}").GetValue(bound)
                .ShouldNotBeNull($"{place}:{name}");
            switch (value)
            {
                case JsonObject inner:
                    ShouldBeBound(inner, there, $"{place}:{name}");
                    break;
                case JsonArray list:
                    object[] items = [.. ((System.Collections.IEnumerable)there).Cast<object>()];
                    items.Length.ShouldBe(list.Count, $"{place}:{name}");
                    foreach ((JsonNode? item, object one) in list.Zip(items).Where(pair => pair.First is JsonObject))
                    {
                        ShouldBeBound(item!, one, $"{place}:{name}");
                    }

                    break;
                default:
                    string text = there is TimeSpan time ? time.ToString() : $"{there}";
                    string.Equals(text.TrimEnd('/'), $"{value}".TrimEnd('/'), StringComparison.OrdinalIgnoreCase)
                        .ShouldBeTrue($"{place}:{name} is {text}");
                    break;
            }
        }
    }

    private static string FileWith(string text)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, text);
        return file;
    }
}
