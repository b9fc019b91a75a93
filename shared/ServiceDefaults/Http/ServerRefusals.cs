using System.Diagnostics;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// Kestrel refuses by itself, before any middleware and with an empty answer, what is no HTTP request: a NUL in the address, a header without a colon, a request line
/// that is too long. This gives such an answer the code and the sentence that every other refusal has. Only where the connection is not encrypted here: a
/// service stands behind a proxy.
/// </summary>
internal sealed class ServerRefusals(DiagnosticListener diagnostics, ServiceIdentity service) : IHostedService, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Refused = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private IDisposable? subscription;

    public static void Watch(ListenOptions endpoint) => endpoint.Use(static next => connection =>
    {
        var output = new RefusableOutput(connection.Transport.Output);
        connection.Transport = new Wrapped(connection.Transport.Input, output);
        connection.Features.Set(output);
        return next(connection);
    });

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // No other event of the host is asked for: those of each request stay as cheap as without this.
        subscription = diagnostics.Subscribe(this, static name => string.Equals(name, Refused, StringComparison.Ordinal));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => subscription?.Dispose();

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not IFeatureCollection features
            || features.Get<RefusableOutput>() is not { } output
            || features.Get<ITlsHandshakeFeature>() is not null
            || features.Get<IHttpResponseFeature>() is not { HasStarted: false, StatusCode: var status })
        {
            return;
        }

        if (features.Get<IHttpRequestFeature>()?.Protocol is { } protocol && (HttpProtocol.IsHttp2(protocol) || HttpProtocol.IsHttp3(protocol)))
        {
            return;
        }

        (string code, string sentence) = Explain(status);
        output.Refuse(RefusalMessage.Write(service.Name, status, code, sentence));
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private static (string Code, string Sentence) Explain(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ("malformed_request", "The request line or a header is not valid HTTP, or the address holds a NUL character."),
        StatusCodes.Status408RequestTimeout => ("request_too_slow", "The request did not arrive in time: send it again."),
        StatusCodes.Status413PayloadTooLarge => ("body_too_large", "The body is larger than this address takes: send less at once."),
        StatusCodes.Status414UriTooLong => ("address_too_long", "The address is longer than this server takes: shorten it."),
        StatusCodes.Status431RequestHeaderFieldsTooLarge => ("headers_too_large", "The headers are more or longer than this server takes: send less of them."),
        StatusCodes.Status505HttpVersionNotsupported => ("http_version_unknown", "Send the request as HTTP/1.1."),
        _ => ($"status_{status}", "The request was not carried out."),
    };

    private sealed class Wrapped(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
