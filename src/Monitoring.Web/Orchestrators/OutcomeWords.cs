using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Outcomes in plain words, for whoever never read the code: each ends the sentence "In this test ...".</summary>
internal static class OutcomeWords
{
    /// <summary>What the code means.</summary>
    public static string Of(OutcomeCode code) => code switch
    {
        OutcomeCode.Completed => "every rendition came back and was valid",
        OutcomeCode.Partial => "only a part of the renditions came back and was valid",
        OutcomeCode.BadServiceUri => "its service URI could not be used",
        OutcomeCode.NameNotFound => "the host name of its service URI did not resolve",
        OutcomeCode.BlockedAddress => "its host name led to an address that is not public",
        OutcomeCode.Unreachable => "no connection could be made within 2 seconds",
        OutcomeCode.TlsFailed => "the encrypted connection could not be set up",
        OutcomeCode.DiscoveryTimedOut => "it gave no answer to discovery within 3 seconds",
        OutcomeCode.DiscoveryRefused => "it refused discovery",
        OutcomeCode.ProtocolViolation => "its answer or its terms were not what the protocol allows",
        OutcomeCode.AnswerTooLarge => "its answer was too large",
        OutcomeCode.TooSlow => "it sent fewer bytes per second than a live stream needs",
        OutcomeCode.UploadTimedOut => "it did not answer an upload within 8 seconds",
        OutcomeCode.ResultTimedOut => "no result came within 8 seconds of an upload",
        OutcomeCode.DownloadTimedOut => "a rendition did not arrive within 4 seconds",
        OutcomeCode.DownloadFailed => "a rendition could not be fetched",
        OutcomeCode.Dropped => "segments were dropped because the one before was still under way",
        OutcomeCode.SegmentRefused => "it refused the segments",
        OutcomeCode.ServerError => "it answered with a server error",
        OutcomeCode.Redirected => "it redirected the upload, which no gateway follows",
        OutcomeCode.AuthTokenRefused => "it refused the token that it had given out itself",
        OutcomeCode.OrchestratorBusy => "it said that it was busy, after taking the segment",
        OutcomeCode.NoTranscoder => "it had no transcoder to work with",
        OutcomeCode.TranscodeFailed => "its transcoding failed",
        OutcomeCode.BadInputClaimed => "it blamed the clip, which others transcode",
        OutcomeCode.MissingRenditions => "renditions were missing",
        OutcomeCode.NotVideo => "what came back was no video",
        OutcomeCode.WrongSize => "renditions had the wrong picture size",
        OutcomeCode.WrongDuration => "renditions had the wrong duration",
        OutcomeCode.Repeated => "it sent the same bytes more than once, or the source itself",
        OutcomeCode.BadSignature => "its signature over the renditions was wrong",
        OutcomeCode.TicketRefused => "it refused correct payment",
        OutcomeCode.PersistentlyCapped => "it was at its session limit, as it has been too often to be excused",
        OutcomeCode.Capped => "it was at its session limit, which is excused 2 times in 8 tests",
        OutcomeCode.PricedOut => "it asked more than the price ceiling",
        OutcomeCode.Incompatible => "it does not offer what the test needs",
        OutcomeCode.Maintenance => "it was in announced maintenance",
        OutcomeCode.OurNetwork => "our own network failed",
        OutcomeCode.OurChain => "our own view of the chain failed or was behind",
        OutcomeCode.OurWallet => "our own wallet could not pay",
        OutcomeCode.OurClip => "our clip was at fault, for others refused it too",
        OutcomeCode.OurOverload => "our own machine was too busy to measure",
        OutcomeCode.OurClock => "our own clock was off",
        OutcomeCode.OurResolver => "our own name resolution failed",
        OutcomeCode.OurFault => "our own software failed",
        OutcomeCode.OurShutdown => "our own process was being stopped",
        OutcomeCode.RegionAnomaly => "our region was in trouble, so all its results of that time are void",
        OutcomeCode.RegionStale => "no process of the region asked for work",
        OutcomeCode.SpendCap => "a cap on our spending was reached",
        OutcomeCode.QueueFull => "the region's queue was full",
        OutcomeCode.SpoolFull => "the region's store of unsent results was full",
        OutcomeCode.ShuttingDown => "the region was shutting down",
        OutcomeCode.NoWorker => "all workers of the region were busy",
        OutcomeCode.NoReport => "the region took the test and never reported",
        OutcomeCode.Missed => "this monitor was not running when it was due",
        OutcomeCode.Rescheduled => "it left, or moved, before the test could start",
        _ => "nothing is known",
    };

    /// <summary>The class as a word.</summary>
    public static string Of(OutcomeClass c) => c switch
    {
        OutcomeClass.Success => "success",
        OutcomeClass.Fault => "fault",
        OutcomeClass.Excluded => "excluded",
        OutcomeClass.Void => "void",
        _ => "not run",
    };

    /// <summary>What the class means for the score.</summary>
    public static string MeaningOf(OutcomeClass c) => c switch
    {
        OutcomeClass.Success or OutcomeClass.Fault => "it counts",
        OutcomeClass.Excluded => "it does not count",
        _ => "it is ours and does not count",
    };
}
