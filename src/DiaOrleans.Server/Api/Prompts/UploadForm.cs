using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>A file part: its name as sent, and its content, null where it has more bytes than an upload may have.</summary>
internal sealed record UploadedFile(string Name, BodyFile? Content);

/// <summary>
/// The multipart form of an upload, in whatever order its parts come. The recording goes to a file while it arrives; what is too large is
/// read past, so that the checks keep their order. Disposing deletes the file.
/// </summary>
internal sealed class UploadForm : IAsyncDisposable
{
    private const int MaxFileBytes = 25 << 20;
    private const int MaxTextBytes = 64 << 10;
    private const int MaxParts = 64;
    private const int MaxBoundaryLength = 200;
    private const string PromptIdField = "prompt_id";
    private const string FileField = "audio_file";

    private static readonly string TooLongToBeAnId = new('?', MaxTextBytes);

    private readonly BodyFiles _files;
    private readonly BodyShare _share;
    private readonly List<InvalidField> _problems = [];
    private string? _promptId;
    private UploadedFile? _file;

    private UploadForm(BodyFiles files, BodyShare share)
    {
        _files = files;
        _share = share;
    }

    public static ApiProblem TooLarge() => ApiProblem.TooLarge("Audio file too large (maximum 25 MB)");

    /// <summary>Reads the form. A body that is none, or breaks off, has the parts that were whole.</summary>
    /// <param name="request">Its body is read to the end.</param>
    /// <param name="files">Where the recording goes.</param>
    /// <param name="share">Takes the recording's bytes; it must live as long as the form.</param>
    /// <param name="check">Called with the id before the file is read, if the id comes first.</param>
    /// <exception cref="ApiProblem">What <paramref name="check"/> throws; 408, 413 or 429 where the body takes too long, is too large or
    /// exceeds the budget.</exception>
    /// <exception cref="BodyStorageException">The recording cannot be kept.</exception>
    public static async Task<UploadForm> Read(
        HttpRequest request,
        BodyFiles files,
        BodyShare share,
        Action<string> check)
    {
        var form = new UploadForm(files, share);
        try
        {
            await form.ReadParts(request, check);
            return form;
        }
        catch
        {
            await form.DisposeAsync();
            throw;
        }
    }

    /// <summary>Both parts.</summary>
    /// <exception cref="ApiProblem">422, where one is absent, empty or of the wrong kind.</exception>
    public (string PromptId, UploadedFile File) Required()
    {
        if (string.IsNullOrEmpty(_promptId) && !Failed(PromptIdField)) _problems.Insert(0, Missing(PromptIdField));
        if (_file is null && !Failed(FileField)) _problems.Add(Missing(FileField));
        return _problems.Count == 0 ? (_promptId!, _file!) : throw ApiProblem.Invalid(_problems);
    }

    public async ValueTask DisposeAsync()
    {
        if (_file?.Content is { } content) await content.DisposeAsync();
    }

    private static string? BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return null;
        if (!type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)) return null;
        return HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= MaxBoundaryLength } boundary ? boundary : null;
    }

    /// <summary>True for the types that clients give a recording: such a part is a file, even if it has no file name.</summary>
    private static bool IsMedia(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.Type.Equals("audio", StringComparison.OrdinalIgnoreCase)
            || type.Type.Equals("video", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase));

    private static InvalidField Missing(string field) => new("missing", ["body", field], "Field required", null);

    private static string? Unquoted(StringSegment value) => value.HasValue ? HeaderUtilities.RemoveQuotes(value).Value : null;

    private async Task ReadParts(HttpRequest request, Action<string> check)
    {
        if (BoundaryOf(request) is not { } boundary) return;
        var stop = request.HttpContext.RequestAborted;
        try
        {
            var parts = new MultipartReader(boundary, request.Body);
            for (var count = 0; count < MaxParts && await parts.ReadNextSectionAsync(stop) is { } part; count++)
                await Take(part, check, stop);
        }
        catch (BadHttpRequestException problem) when (problem.StatusCode == 413)
        {
            throw TooLarge();
        }
        catch (Exception problem) when (IsNoForm(problem) && !stop.IsCancellationRequested)
        {
            // What was whole is judged; what was not is missing.
        }
    }

    private static bool IsNoForm(Exception problem) => problem is InvalidDataException or (IOException and not BadHttpRequestException);

    private bool Failed(string field) => _problems.Any(problem => problem.Name == field);

    private async Task Take(MultipartSection part, Action<string> check, CancellationToken stop)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)) return;
        var fileName = Unquoted(disposition.FileNameStar) ?? Unquoted(disposition.FileName);
        switch (Unquoted(disposition.Name))
        {
            case PromptIdField when fileName is null:
                _promptId = await FormPart.ReadText(part.Body, MaxTextBytes, stop) ?? TooLongToBeAnId;
                break;
            case PromptIdField when !Failed(PromptIdField):
                Fail("string_type", PromptIdField, "Input should be a valid string", Echo.Text(fileName));
                break;
            case FileField when fileName is not null || IsMedia(part.ContentType):
                if (!string.IsNullOrEmpty(_promptId)) check(_promptId);
                await TakeFile(fileName ?? "", part.Body, stop);
                break;
            case FileField when !Failed(FileField):
                Fail("value_error", FileField, "Value error, Expected UploadFile, received: <class 'str'>", null, """{"error":{}}""");
                break;
        }
    }

    private void Fail(string type, string field, string message, string? input, string? context = null) =>
        _problems.Add(new InvalidField(type, ["body", field], message, input, context));

    /// <summary>The last of several files counts.</summary>
    private async Task TakeFile(string name, Stream body, CancellationToken stop)
    {
        if (_file?.Content is { } before)
        {
            _share.Return(before.Length);
            await before.DisposeAsync();
        }

        var content = _files.Create();
        _file = new UploadedFile(name, content);
        if (await FormPart.Read(body, MaxFileBytes, bytes => Keep(content, bytes, stop), stop)) return;
        _share.Return(content.Length);
        await content.DisposeAsync();
        _file = new UploadedFile(name, null);
    }

    private Task Keep(BodyFile content, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        _share.Take(bytes.Length);
        return content.Append(bytes, stop);
    }
}
