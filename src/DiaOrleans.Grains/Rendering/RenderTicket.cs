using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Rendering;

/// <summary>A request with what was found out at the door.</summary>
/// <param name="Id">Names it, and its entry in the generation log.</param>
/// <param name="Request">What the client asked.</param>
/// <param name="Script">Its text, cleaned and tagged.</param>
/// <param name="Priority">Who goes first.</param>
/// <param name="Configuration">As it was when the request came.</param>
/// <param name="StartedAt">Timestamp of the clock.</param>
internal sealed record RenderTicket(Guid Id, SpeechRequest Request, string Script, WorkPriority Priority, ServerConfiguration Configuration, long StartedAt);
