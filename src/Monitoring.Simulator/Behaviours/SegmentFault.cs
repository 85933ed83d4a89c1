namespace Monitoring.Simulator;

/// <summary>What a node does wrong with a segment that it accepted.</summary>
public enum SegmentFault
{
    /// <summary>Nothing: every rendition is what was asked for.</summary>
    None,

    /// <summary>The result is an error text (<see cref="Behaviour.ResultError"/>) in a body of status 200.</summary>
    ErrorResult,

    /// <summary>The result is not a protobuf message.</summary>
    Garbage,

    /// <summary>Every rendition is the uploaded segment itself.</summary>
    EchoUpload,

    /// <summary>Every rendition is the first one.</summary>
    SameRendition,

    /// <summary>The renditions are those of the session's first segment again.</summary>
    Stale,

    /// <summary>Every rendition has zero bytes.</summary>
    Empty,

    /// <summary>Every rendition has the size of another profile.</summary>
    WrongSize,

    /// <summary>The second half of the renditions is left out of the result.</summary>
    Missing,

    /// <summary>The result names every rendition, and every download answers 404.</summary>
    Gone,

    /// <summary>The result states, and is debited, ten times the pixels of each rendition.</summary>
    InflatedPixels,

    /// <summary>The result's signature is over other bytes than the renditions'; without a chain there is none to be wrong.</summary>
    WrongSignature,
}
