using Monitoring.Core;

namespace Monitoring.Storage.Transfer;

/// <summary>One revision as it is stored, with the evidence that was written with it.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Evidence">The evidence, if there is any.</param>
public sealed record StoredResult(OutcomeRevision Revision, TestEvidence? Evidence);
