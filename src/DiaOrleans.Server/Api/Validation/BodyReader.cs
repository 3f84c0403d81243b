using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// Reads a request's JSON body, whatever its Content-Type says. The body is in memory only while its fields are read.
/// </summary>
internal sealed class BodyReader(BodyBudget budget, BodyFiles files)
{
    private const int MaxBytes = RequestLimits.JsonBodyBytes;

    /// <summary>One large body is in memory at a time: reading it can take several times its size.</summary>
    private readonly SemaphoreSlim _large = new(1);

    /// <summary>Reads a body that must be present.</summary>
    /// <param name="request">Its body is read to the end.</param>
    /// <param name="read">Reads the fields of the body's object; its result is returned.</param>
    /// <exception cref="ApiProblem">408, 413, 429, or 422 if the body is absent, malformed or not an object.</exception>
    public Task<T> Read<T>(HttpRequest request, Func<FieldReader, T> read) => ReadIfAny(request, fields => read(fields ?? throw Absent()));

    /// <summary>Reads a body that may be absent.</summary>
    /// <param name="request">Its body is read to the end.</param>
    /// <param name="read">Reads the fields of the body's object, null if there is no body; its result is returned.</param>
    /// <exception cref="ApiProblem">408, 413, 429, or 422 if the body is malformed or not an object.</exception>
    public async Task<T> ReadIfAny<T>(HttpRequest request, Func<FieldReader?, T> read)
    {
        if (request.ContentLength > MaxBytes) throw ApiProblem.BodyTooLarge();
        var stop = request.HttpContext.RequestAborted;
        using var share = budget.Open();
        await using var body = await ReceivedBody.Receive(request.Body, MaxBytes, share, files, stop);
        if (!body.IsLarge) return Read(await body.ReadAll(stop), read);
        await _large.WaitAsync(stop);
        try
        {
            return Read(await body.ReadAll(stop), read);
        }
        finally
        {
            _large.Release();
        }
    }

    /// <summary>A fault in a field that is read is reported first; a body must be UTF-8 also where nobody reads it.</summary>
    private static T Read<T>(byte[] bytes, Func<FieldReader?, T> read)
    {
        var result = read(ReadFields(bytes));
        return Utf8.IsValid(bytes) ? result : throw MalformedJson.NotUtf8(bytes);
    }

    private static FieldReader? ReadFields(byte[] bytes)
    {
        if (bytes.Length == 0) return null;
        var body = Parse(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);
        return body.Kind switch
        {
            JsonValueKind.Object => FieldReader.Body(body),
            JsonValueKind.Null => null,
            _ => throw NotAnObject(body),
        };
    }

    private static JsonFields Parse(byte[] bytes)
    {
        try
        {
            return new JsonFields(bytes);
        }
        catch (JsonException problem)
        {
            if (NonFiniteNumbers.Replace(bytes) is not { } replaced) throw MalformedJson.CreateProblem(bytes, problem);
            try
            {
                return new JsonFields(replaced);
            }
            catch (JsonException)
            {
                throw MalformedJson.CreateProblem(bytes, problem);
            }
        }
    }

    private static ApiProblem NotAnObject(JsonFields body)
    {
        const string Message = "Input should be a valid dictionary or object to extract fields from";
        return ApiProblem.Invalid([new InvalidField("model_attributes_type", ["body"], Message, body.EchoAll())]);
    }

    private static ApiProblem Absent() => ApiProblem.Invalid([new InvalidField("missing", ["body"], "Field required", null)]);
}
