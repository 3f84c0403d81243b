using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>Ids of audio prompts as paths bring them.</summary>
internal static class PromptIds
{
    /// <summary>The id in the path, see <see cref="RouteText"/>.</summary>
    /// <exception cref="ApiProblem">404, where nothing can be registered under it.</exception>
    public static string FromPath(HttpContext context)
    {
        var id = PromptId.Normalise(RouteText.Of(context, "id"));
        return PromptId.CanExist(id) ? id : throw Unknown(id);
    }

    public static ApiProblem Unknown(string id) => ApiProblem.NotFound($"Audio prompt {Quoted.Name(id)} not found");
}
