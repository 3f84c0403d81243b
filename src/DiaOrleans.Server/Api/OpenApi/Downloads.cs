namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>Describes the routes of finished audio, which are all served alike.</summary>
internal static class Downloads
{
    private static readonly Field Range = new("Range", FieldType.Text, "The part to send, such as `bytes=0-1023`.");

    /// <summary>The GET operation with what holds for every download, and its HEAD.</summary>
    public static IEnumerable<Operation> Of(Operation get)
    {
        yield return get with
        {
            Headers = [Range],
            Answers =
            [
                .. get.Answers,
                new(206, "The part that `Range` names; `If-Range` is observed.") { MediaTypes = get.Answers[0].MediaTypes },
                new(304, "The audio is still that of the ETag in `If-None-Match`."),
                new(416, "The audio has no such part; `Content-Range` is its length."),
            ],
        };
        yield return get with
        {
            Method = "HEAD",
            Summary = $"{get.Summary}, without a body",
            Description = "The headers of the same GET, with the length and the ETag.",
            Answers = [.. get.Answers.Select(answer => new Answer(answer.Status, answer.Description))],
        };
    }
}
