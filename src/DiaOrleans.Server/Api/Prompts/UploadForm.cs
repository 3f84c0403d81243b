using DiaOrleans.Grains.TemporaryFiles;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>A file of a form.</summary>
/// <param name="Name">The name that the client sent.</param>
/// <param name="Content">The bytes; null if there are more than an upload may have.</param>
internal sealed record UploadedFile(string Name, TemporaryFile? Content);

/// <summary>
/// The multipart form of an upload, with its parts in any order. The recording is written to a temporary file while it arrives. A part that
/// is too large is skipped, so that the checks keep their order. Disposing deletes the file.
/// </summary>
internal sealed class UploadForm : IAsyncDisposable
{
    private const int MaxTextBytes = 64 << 10;
    private const int MaxParts = 64;
    private const int MaxBoundaryLength = 200;
    private const string PromptIdField = "prompt_id";
    private const string FileField = "audio_file";

    /// <summary>Replaces an id over <see cref="MaxTextBytes"/>; no check accepts it either.</summary>
    private static readonly string InvalidId = new('?', RequestLimits.PromptIdLength + 1);

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

    public static ApiProblem TooLarge() => ApiProblem.TooLarge($"Audio file too large (maximum {RequestLimits.UploadBytes >> 20} MB)");

    /// <summary>Reads the form. If the body is incomplete or not a form, the result has only the parts that arrived completely.</summary>
    /// <param name="request">Its body is read to the end.</param>
    /// <param name="files">Creates the file of the recording.</param>
    /// <param name="share">Holds the recording's bytes of the budget. Dispose it after the form.</param>
    /// <param name="check">Called with the id before the file is read, if the id comes first, so that an invalid one is refused without
    /// reading the file.</param>
    /// <exception cref="ApiProblem">408, 413 or 429 if the body takes too long, is too large or exceeds the budget; any that
    /// <paramref name="check"/> throws.</exception>
    /// <exception cref="TemporaryFileException">The recording cannot be stored.</exception>
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

    /// <summary>Both fields.</summary>
    /// <exception cref="ApiProblem">422 if one is absent, empty or of the wrong kind.</exception>
    public (string PromptId, UploadedFile File) GetFields()
    {
        if (string.IsNullOrEmpty(_promptId) && !Failed(PromptIdField)) _problems.Insert(0, Missing(PromptIdField));
        if (_file is null && !Failed(FileField)) _problems.Add(Missing(FileField));
        return _problems.Count == 0 ? (_promptId!, _file!) : throw ApiProblem.Invalid(_problems);
    }

    public async ValueTask DisposeAsync()
    {
        if (_file?.Content is { } content) await content.DisposeAsync();
    }

    private static string? ReadBoundary(HttpRequest request)
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

    private static string? Unquote(StringSegment value) => value.HasValue ? HeaderUtilities.RemoveQuotes(value).Value : null;

    private async Task ReadParts(HttpRequest request, Action<string> check)
    {
        if (ReadBoundary(request) is not { } boundary) return;
        var stop = request.HttpContext.RequestAborted;
        try
        {
            var parts = new MultipartReader(boundary, request.Body);
            for (var count = 0; count < MaxParts && await parts.ReadNextSectionAsync(stop) is { } part; count++)
                await ReadPart(part, check, stop);
        }
        catch (BadHttpRequestException problem) when (problem.StatusCode == 413)
        {
            throw TooLarge();
        }
        catch (Exception problem) when (IsMalformed(problem) && !stop.IsCancellationRequested)
        {
            // The parts before the error count; the others are reported as missing.
        }
    }

    private static bool IsMalformed(Exception problem) => problem is InvalidDataException or (IOException and not BadHttpRequestException);

    private bool Failed(string field) => _problems.Any(problem => problem.Name == field);

    private async Task ReadPart(MultipartSection part, Action<string> check, CancellationToken stop)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)) return;
        var fileName = Unquote(disposition.FileNameStar) ?? Unquote(disposition.FileName);
        switch (Unquote(disposition.Name))
        {
            case PromptIdField when fileName is null:
                _promptId = await FormPart.ReadText(part.Body, MaxTextBytes, stop) ?? InvalidId;
                break;
            case PromptIdField when !Failed(PromptIdField):
                Fail("string_type", PromptIdField, "Input should be a valid string", InputEcho.FormatText(fileName));
                break;
            case FileField when fileName is not null || IsMedia(part.ContentType):
                if (!string.IsNullOrEmpty(_promptId)) check(_promptId);
                await StoreFile(fileName ?? "", part.Body, stop);
                break;
            case FileField when !Failed(FileField):
                Fail("value_error", FileField, "Value error, Expected UploadFile, received: <class 'str'>", null, """{"error":{}}""");
                break;
        }
    }

    private void Fail(string type, string field, string message, string? input, string? context = null) =>
        _problems.Add(new InvalidField(type, ["body", field], message, input, context));

    /// <summary>Stores the file. It replaces an earlier one of the same form.</summary>
    private async Task StoreFile(string name, Stream body, CancellationToken stop)
    {
        if (_file?.Content is { } before)
        {
            _share.Return(before.Length);
            await before.DisposeAsync();
        }

        var content = _files.Create();
        _file = new UploadedFile(name, content);
        if (await FormPart.Read(body, RequestLimits.UploadBytes, bytes => Append(content, bytes, stop), stop)) return;
        _share.Return(content.Length);
        await content.DisposeAsync();
        _file = new UploadedFile(name, null);
    }

    private Task Append(TemporaryFile content, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        _share.Take(bytes.Length);
        return content.Append(bytes, stop);
    }
}
