using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// Reads a request's JSON body, whatever its Content-Type says, and hands out its fields while it is in memory: what a request keeps of its
/// body is what it read of it.
/// </summary>
internal sealed class BodyReader(BodyBudget budget, BodyFiles files)
{
    private const int MaxBytes = 10 << 20;

    /// <summary>Large ones are in memory one at a time: what reading takes besides the text is several times as much at worst.</summary>
    private readonly SemaphoreSlim _large = new(1);

    /// <summary>What <paramref name="read"/> makes of the fields of the body's object.</summary>
    /// <exception cref="ApiProblem">408, 413, 429, or 422 where the body is absent, malformed or no object.</exception>
    public Task<T> Read<T>(HttpRequest request, Func<FieldReader, T> read) => ReadIfAny(request, fields => read(fields ?? throw Absent()));

    /// <summary>What <paramref name="read"/> makes of the fields of the body's object, which are null where there is no body.</summary>
    /// <exception cref="ApiProblem">408, 413, 429, or 422 where the body is malformed or no object.</exception>
    public async Task<T> ReadIfAny<T>(HttpRequest request, Func<FieldReader?, T> read)
    {
        if (request.ContentLength > MaxBytes) throw ApiProblem.BodyTooLarge();
        var stop = request.HttpContext.RequestAborted;
        using var share = budget.Open();
        await using var body = await ReceivedBody.Receive(request.Body, MaxBytes, share, files, stop);
        if (!body.IsLarge) return read(Fields(await body.ReadAll(stop)));
        await _large.WaitAsync(stop);
        try
        {
            return read(Fields(await body.ReadAll(stop)));
        }
        finally
        {
            _large.Release();
        }
    }

    private static FieldReader? Fields(byte[] bytes)
    {
        if (bytes.Length == 0) return null;
        var body = Parse(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);
        return body.Kind switch
        {
            JsonValueKind.Object => FieldReader.Body(body),
            JsonValueKind.Null => null,
            _ => throw NoObject(body),
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
            if (NotANumber.Rewrite(bytes) is not { } rewritten) throw MalformedJson.Problem(bytes, problem);
            try
            {
                return new JsonFields(rewritten);
            }
            catch (JsonException)
            {
                throw MalformedJson.Problem(bytes, problem);
            }
        }
    }

    private static ApiProblem NoObject(JsonFields body)
    {
        const string Message = "Input should be a valid dictionary or object to extract fields from";
        return ApiProblem.Invalid([new InvalidField("model_attributes_type", ["body"], Message, body.EchoAll())]);
    }

    private static ApiProblem Absent() => ApiProblem.Invalid([new InvalidField("missing", ["body"], "Field required", null)]);
}
