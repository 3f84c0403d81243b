using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>Reads the ids of audio prompts from paths.</summary>
internal static class PromptIds
{
    /// <summary>The id in the path, see <see cref="RouteParameter"/>.</summary>
    /// <exception cref="ApiProblem">404 if no prompt can have the id.</exception>
    public static string Read(HttpContext context)
    {
        var id = PromptId.Normalise(RouteParameter.Read(context, "id"));
        return PromptId.CanExist(id) ? id : throw NotFound(id);
    }

    public static ApiProblem NotFound(string id) => ApiProblem.NotFound($"Audio prompt {Quoted.Name(id)} not found");
}
