using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>Audio prompts cannot be uploaded to this version; who tries is told so, and not only that there is no such path.</summary>
internal static class PromptEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.Map("/audio_prompts/{**rest}", IResult () => throw ApiProblem.NotFound("Audio prompts are not available in this version"));
}
