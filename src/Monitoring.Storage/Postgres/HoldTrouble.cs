namespace Monitoring.Storage.Postgres;

/// <summary>Why a database is not its monitor's just now.</summary>
/// <param name="Why">What happened and what to do; it names the database.</param>
/// <param name="IsTaken">True when another monitor has it, false when its server cannot be reached.</param>
/// <param name="Since">Since when, UTC.</param>
public sealed record HoldTrouble(string Why, bool IsTaken, DateTimeOffset Since);
