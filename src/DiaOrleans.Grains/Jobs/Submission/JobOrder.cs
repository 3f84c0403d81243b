namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>The order of a list of jobs.</summary>
public enum JobOrder
{
    /// <summary>The job that was submitted last is the first.</summary>
    Newest,

    /// <summary>Those that run, then those that wait in the order in which they will run, then the ended ones, newest first.</summary>
    Queue,
}
