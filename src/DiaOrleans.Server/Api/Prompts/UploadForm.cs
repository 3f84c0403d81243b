using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>A file part: its name as sent, and its bytes, null where they are more than an upload may have.</summary>
internal sealed record UploadedFile(string Name, ReadOnlyMemory<byte>? Content);

/// <summary>
/// The multipart form of an upload, in whatever order its parts come. Only the recording is kept in memory, once; what is too large is read past, so that the checks keep
/// their order, up to a limit.
/// </summary>
internal sealed class UploadForm
{
    /// <summary>The server reads no more of any upload.</summary>
    public const long MaxBodyBytes = 64L << 20;

    private const int MaxFileBytes = 25 << 20;
    private const int MaxTextBytes = 64 << 10;
    private const int MaxParts = 64;
    private const int MaxBoundaryLength = 200;
    private const string PromptIdField = "prompt_id";
    private const string FileField = "audio_file";

    private readonly List<InvalidField> _problems = [];
    private string? _promptId;
    private UploadedFile? _file;

    public static ApiProblem TooLarge() => ApiProblem.TooLarge("Audio file too large (maximum 25 MB)");

    /// <summary>Reads the form. A body that is none, or breaks off, has the parts that were whole.</summary>
    /// <param name="request">Its body is read to the end.</param>
    /// <param name="check">Told the id and the file's name before the file is read, where they come first: what is refused by them needs no upload.</param>
    public static async Task<UploadForm> Read(HttpRequest request, Action<string, string> check)
    {
        var form = new UploadForm();
        if (BoundaryOf(request) is not { } boundary) return form;
        try
        {
            var parts = new MultipartReader(boundary, request.Body);
            for (var count = 0; count < MaxParts && await parts.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } part; count++)
                await form.Take(part, check, request.HttpContext.RequestAborted);
        }
        catch (BadHttpRequestException problem) when (problem.StatusCode == 413)
        {
            throw TooLarge();
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException && !request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // What was whole is judged; what was not is missing.
        }

        return form;
    }

    /// <summary>Both parts.</summary>
    /// <exception cref="ApiProblem">422, where one is absent, empty or of the wrong kind.</exception>
    public (string PromptId, UploadedFile File) Required()
    {
        if (string.IsNullOrEmpty(_promptId) && !Failed(PromptIdField)) _problems.Insert(0, Missing(PromptIdField));
        if (_file is null && !Failed(FileField)) _problems.Add(Missing(FileField));
        return _problems.Count == 0 ? (_promptId!, _file!) : throw ApiProblem.Invalid(_problems);
    }

    private static string? BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)) return null;
        return HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= MaxBoundaryLength } boundary ? boundary : null;
    }

    private static InvalidField Missing(string field) => new("missing", ["body", field], "Field required", null);

    private bool Failed(string field) => _problems.Any(problem => problem.Name == field);

    private async Task Take(MultipartSection part, Action<string, string> check, CancellationToken stop)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)) return;
        var fileName = Unquoted(disposition.FileNameStar) ?? Unquoted(disposition.FileName);
        switch (Unquoted(disposition.Name))
        {
            case PromptIdField when fileName is null:
                _promptId = await ReadUpTo(part.Body, MaxTextBytes, stop) is { } text ? Encoding.UTF8.GetString(text.Span) : new string('?', MaxTextBytes);
                break;
            case PromptIdField:
                _problems.Add(new InvalidField("string_type", ["body", PromptIdField], "Input should be a valid string", JsonSerializer.Serialize(fileName)));
                break;
            case FileField when fileName is not null:
                if (!string.IsNullOrEmpty(_promptId)) check(_promptId, fileName);
                _file = new UploadedFile(fileName, await ReadUpTo(part.Body, MaxFileBytes, stop));
                break;
            case FileField:
                _problems.Add(new InvalidField("value_error", ["body", FileField], "Value error, Expected UploadFile, received: <class 'str'>", null, """{"error":{}}"""));
                break;
        }
    }

    private static string? Unquoted(Microsoft.Extensions.Primitives.StringSegment value) => value.HasValue ? HeaderUtilities.RemoveQuotes(value).Value : null;

    /// <summary>The whole body, read to its end; null where it has more bytes.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadUpTo(Stream body, int maxBytes, CancellationToken stop)
    {
        var kept = new MemoryStream();
        var (block, total, read) = (new byte[64 << 10], 0L, 0);
        while ((read = await body.ReadAsync(block, stop)) > 0)
        {
            total += read;
            if (total <= maxBytes) kept.Write(block, 0, read);
            else kept.SetLength(0);
        }

        if (total > maxBytes) return null;
        return kept.GetBuffer().AsMemory(0, (int)kept.Length);
    }
}
