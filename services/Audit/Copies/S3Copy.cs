using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace AccessGov.Audit.Copies;

/// <summary>
/// A copy in an S3 bucket with object lock: every object is written with the mode COMPLIANCE, so that nobody, its owner included, removes
/// or changes that version before its time. A checkpoint is a new version of its object.
/// </summary>
internal sealed class S3Copy(S3CopyOptions options, TimeProvider clock) : ITrailCopy
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly AmazonS3Client client = new(
        new BasicAWSCredentials(File.ReadAllText(options.AccessKeyFile).Trim(), File.ReadAllText(options.SecretKeyFile).Trim()),
            Configuration(options));

    public async Task<bool> HasAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = options.Bucket, Key = KeyOf(path) },
                cancellation);
            return true;
        }
        catch (AmazonS3Exception absent) when (absent.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    public async Task AddAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        try
        {
            PutObjectRequest put = Put(path, content);
            put.IfNoneMatch = "*";
            await client.PutObjectAsync(put, cancellation);
        }
        catch (AmazonS3Exception there) when (there.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            byte[] kept = await ReadAsync(path, cancellation);
            if (!content.Span.SequenceEqual(kept))
            {
                throw new CopyDiffersException(path);
            }
        }
    }

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        client.PutObjectAsync(Put(path, content), cancellation);

    public void Dispose() => client.Dispose();

    private static AmazonS3Config Configuration(S3CopyOptions options)
    {
        var configuration = new AmazonS3Config { Timeout = Patience, MaxErrorRetry = 1, AuthenticationRegion = options.Region };
        if (options.ServiceUrl is { } service)
        {
            (configuration.ServiceURL, configuration.ForcePathStyle) = (service.AbsoluteUri, true);
        }
        else
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return configuration;
    }

    private PutObjectRequest Put(string path, ReadOnlyMemory<byte> content) => new()
    {
        BucketName = options.Bucket,
        Key = KeyOf(path),
        InputStream = new MemoryStream(content.ToArray(), writable: false),
        // Signed as a whole: not every store that speaks S3 knows signed pieces.
        UseChunkEncoding = false,
        ContentType = "application/octet-stream",
        ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
        ObjectLockMode = ObjectLockMode.Compliance,
        ObjectLockRetainUntilDate = clock.GetUtcNow().UtcDateTime + options.Retain,
    };

    private async Task<byte[]> ReadAsync(string path, CancellationToken cancellation)
    {
        using GetObjectResponse response = await client.GetObjectAsync(options.Bucket, KeyOf(path), cancellation);
        using var content = new MemoryStream();
        await response.ResponseStream.CopyToAsync(content, cancellation);
        return content.ToArray();
    }

    private string KeyOf(string path) => options.Prefix + path;
}
