using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Configuration;
using DiaOrleans.Server.Api.Disk;
using DiaOrleans.Server.Api.Generation;
using DiaOrleans.Server.Api.Jobs;
using DiaOrleans.Server.Api.Logs;
using DiaOrleans.Server.Api.Metrics;
using DiaOrleans.Server.Api.OpenApi;
using DiaOrleans.Server.Api.Origins;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Prompts;
using DiaOrleans.Server.Api.Proxies;
using DiaOrleans.Server.Api.Recognition;
using DiaOrleans.Server.Api.Status;
using DiaOrleans.Server.Api.Validation;
using DiaOrleans.Server.Api.Voices;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Web;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DiaOrleans.Server.Api;

/// <summary>Registers the REST API: its services, the middleware, and each route bare and under /v1; docs/api.md, Ground rules.</summary>
internal static class ApiEndpoints
{
    /// <summary>Adds the services of the API.</summary>
    /// <param name="services">The services, which have the options of the server.</param>
    /// <param name="settings">The options of the server.</param>
    /// <param name="data">Path of the data folder.</param>
    public static IServiceCollection AddApi(this IServiceCollection services, OptionsSet settings, string data)
    {
        var options = settings.Get<ApiOptions>();
        var keys = options.Keys;
        var origins = settings.Get<OriginOptions>() with { HasKey = keys.Count > 0 };
        services.AddDocs();
        return services
            .AddSingleton(new ApiKey(keys))
            .AddSingleton<MetricsAccess>()
            .AddSingleton(new OriginCheck(new OriginPolicy(origins), new HostPolicy(origins)))
            .AddSingleton<DrainDeadline>()
            .AddSingleton<RequestPath>()
            .AddSingleton(new BodyBudget(settings.Get<BodyOptions>().BudgetBytes))
            .AddSingleton(new BodyFiles(BodyOptions.FolderIn(data)))
            .AddSingleton<RequestBodies>()
            .AddBodyDecoding()
            .AddSingleton<DiskGuard>()
            .AddSingleton<BodyReader>()
            .AddSingleton(new VoiceAliases(options.VoicesByAlias))
            .AddSingleton<SpeechResponder>()
            .AddSingleton<RecognitionProblems>()
            .AddSingleton<Problems>()
            .AddSingleton<UsableGpus>()
            .AddSingleton<ISiloReporter, SiloReporter>()
            .AddSiloReports()
            .AddSingleton<KnownCounts>();
    }

    /// <summary>Adds the middleware and the routes.</summary>
    /// <param name="app">The application.</param>
    /// <param name="answersClients">If not, it answers health and metrics only.</param>
    public static WebApplication MapApi(this WebApplication app, bool answersClients = true)
    {
        app.Use(RequestId.Assign);
        app.Use(app.Services.GetRequiredService<DrainDeadline>().Watch);
        app.Use(AnswerHeaders.Add);
        app.Use(app.Services.GetRequiredService<RequestBodies>().Limit);
        app.Use(app.Services.GetRequiredService<Problems>().Handle);
        app.Use(app.Services.GetRequiredService<OriginCheck>().Check);
        app.Use(EncodedDots.Keep);
        app.Use(app.Services.GetRequiredService<RequestPath>().Normalise);
        app.Use(TrailingSlash.Redirect);
        if (!answersClients) app.Use(WithoutClients.Refuse);
        app.Use(app.Services.GetRequiredService<ApiKey>().Check);
        app.Use(app.Services.GetRequiredService<BodyDecoding>().Decode);
        app.Use(DocsEndpoints.Rewrite);
        app.Use(ExactNames.ReadQuery);
        app.UseRouting();
        app.Use(ExactNames.CheckRoute);
        foreach (var prefix in (string[])["", "/v1"])
        {
            var routes = app.MapGroup(prefix);
            HealthEndpoints.Map(routes);
            StatusEndpoints.Map(routes);
            GpuEndpoint.Map(routes);
            MetricsEndpoint.Map(routes);
            ListingEndpoints.Map(routes);
            ConfigurationEndpoints.Map(routes);
            LogEndpoints.Map(routes);
            VoiceEndpoints.Map(routes);
            PromptEndpoints.Map(routes);
            PreviewEndpoint.Map(routes);
            UploadEndpoint.Map(routes);
            TranscriptEndpoints.Map(routes);
            RecognitionEndpoints.Map(routes);
            GenerateEndpoint.Map(routes);
            OpenAiSpeechEndpoint.Map(routes);
            JobEndpoints.Map(routes);
            QueueStatsEndpoint.Map(routes);
        }

        ListingEndpoints.MapBare(app);
        ListingEndpoints.MapOpenAi(app.MapGroup("/v1"));
        app.MapDocs();
        WebPage.Map(app);
        return app;
    }
}
