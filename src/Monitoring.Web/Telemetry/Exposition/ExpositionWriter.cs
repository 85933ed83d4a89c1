using System.Buffers;
using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Monitoring.Web;

/// <summary>
/// Writes collected metrics as text: Prometheus 0.0.4 or OpenMetrics 1.0.0. Families are in order of their names, so the same numbers are the
/// same bytes. Exponential histograms, which neither format has, are left out.
/// </summary>
internal sealed class ExpositionWriter
{
    // OpenMetrics allows so many characters in the names and values of an exemplar's labels.
    private const int ExemplarCharacters = 128;

    private readonly IBufferWriter<byte> _to;
    private readonly bool _isOpen;

    private ExpositionWriter(IBufferWriter<byte> to, ExpositionFormat format) => (_to, _isOpen) = (to, format == ExpositionFormat.OpenMetrics);

    /// <summary>Writes everything.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="batch">What was collected.</param>
    /// <param name="resource">What the process says of itself.</param>
    /// <param name="format">How.</param>
    public static void Write(IBufferWriter<byte> to, in Batch<Metric> batch, IEnumerable<KeyValuePair<string, object>> resource, ExpositionFormat format)
    {
        var writer = new ExpositionWriter(to, format);
        var families = new SortedDictionary<string, List<Metric>>(StringComparer.Ordinal);
        foreach (var metric in batch)
        {
            if (KindOf(metric.MetricType) == Kind.None) continue;
            var name = ExpositionNames.Family(metric.Name, metric.Unit, KindOf(metric.MetricType) == Kind.Counter, KindOf(metric.MetricType) == Kind.Gauge);
            if (!families.TryGetValue(name, out var family)) families[name] = family = [];

            // Two instruments whose names become the same one are one family only if they are of one kind.
            if (family.Count == 0 || KindOf(family[0].MetricType) == KindOf(metric.MetricType)) family.Add(metric);
        }

        writer.WriteTarget(resource);
        foreach (var (name, family) in families) writer.WriteFamily(name, family);
        if (writer._isOpen) writer.Put("# EOF\n");
    }

    private enum Kind
    {
        None,
        Counter,
        Gauge,
        Histogram,
    }

    private static Kind KindOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => Kind.Counter,
        MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic or MetricType.LongGauge or MetricType.DoubleGauge => Kind.Gauge,
        MetricType.Histogram => Kind.Histogram,
        _ => Kind.None,
    };

    private void WriteTarget(IEnumerable<KeyValuePair<string, object>> resource)
    {
        Head(_isOpen ? "target" : "target_info", _isOpen ? "info" : "gauge", "What this process says of itself.", "");
        var labels = new StringBuilder();
        foreach (var (key, value) in resource.OrderBy(a => a.Key, StringComparer.Ordinal)) AddLabel(labels, key, value);
        Sample("target_info", labels, "1");
        Put("\n");
    }

    private void WriteFamily(string name, List<Metric> family)
    {
        var kind = KindOf(family[0].MetricType);
        var type = kind switch { Kind.Counter => "counter", Kind.Histogram => "histogram", _ => "gauge" };
        Head(kind == Kind.Counter && !_isOpen ? name + "_total" : name, type, family[0].Description, ExpositionNames.UnitWord(family[0].Unit, kind == Kind.Gauge));
        foreach (var metric in family)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var labels = new StringBuilder();
                foreach (var (key, value) in point.Tags) AddLabel(labels, key, value);
                if (kind == Kind.Histogram)
                {
                    WriteHistogram(name, labels, point);
                    continue;
                }

                Sample(kind == Kind.Counter ? name + "_total" : name, labels, ValueOf(metric.MetricType, point));
                if (kind == Kind.Counter) WriteExemplar(point, double.NegativeInfinity, double.PositiveInfinity, isWhole: metric.MetricType == MetricType.LongSum);
                Put("\n");
            }
        }
    }

    private void WriteHistogram(string name, StringBuilder labels, in MetricPoint point)
    {
        long count = 0;
        var from = double.NegativeInfinity;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            var inBucket = new StringBuilder().Append(labels);
            AddLabel(inBucket, "le", Number(bucket.ExplicitBound, isBound: true));
            Sample(name + "_bucket", inBucket, count.ToString(CultureInfo.InvariantCulture));
            WriteExemplar(point, from, bucket.ExplicitBound, isWhole: false);
            Put("\n");
            from = bucket.ExplicitBound;
        }

        Sample(name + "_sum", labels, Number(point.GetHistogramSum(), isBound: false));
        Put("\n");
        Sample(name + "_count", labels, count.ToString(CultureInfo.InvariantCulture));
        Put("\n");
    }

    private string ValueOf(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong().ToString(CultureInfo.InvariantCulture),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => Number(point.GetSumDouble(), isBound: false),
        MetricType.LongGauge => point.GetGaugeLastValueLong().ToString(CultureInfo.InvariantCulture),
        _ => Number(point.GetGaugeLastValueDouble(), isBound: false),
    };

    // The newest exemplar above one bound and not above the other; one that names nothing leads nowhere.
    private void WriteExemplar(in MetricPoint point, double above, double upTo, bool isWhole)
    {
        if (!_isOpen || !point.TryGetExemplars(out var exemplars)) return;
        var found = false;
        Exemplar newest = default;
        foreach (ref readonly var exemplar in exemplars)
        {
            var value = isWhole ? exemplar.LongValue : exemplar.DoubleValue;
            if (value <= above || value > upTo || IsBare(exemplar) || (found && exemplar.Timestamp <= newest.Timestamp)) continue;
            newest = exemplar;
            found = true;
        }

        if (!found) return;
        var labels = new StringBuilder();
        var characters = 0;
        foreach (var (key, value) in newest.FilteredTags) AddBounded(key, value?.ToString() ?? "");
        if (newest.TraceId != default) AddBounded("trace_id", newest.TraceId.ToHexString());
        Put(" # {");
        Put(labels);
        Put("} ");
        Put(isWhole ? newest.LongValue.ToString(CultureInfo.InvariantCulture) : Number(newest.DoubleValue, isBound: false));
        Put(" ");
        Put((newest.Timestamp.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture));

        void AddBounded(string key, string value)
        {
            characters += key.Length + value.Length;
            if (characters <= ExemplarCharacters) AddLabel(labels, key, value);
        }
    }

    private static bool IsBare(in Exemplar exemplar)
    {
        foreach (var _ in exemplar.FilteredTags) return false;
        return true;
    }

    private void Head(string name, string type, string help, string unit)
    {
        Put($"# TYPE {name} {type}\n");
        if (_isOpen && unit.Length > 0 && name.EndsWith("_" + unit, StringComparison.Ordinal)) Put($"# UNIT {name} {unit}\n");
        if (help.Length > 0) Put($"# HELP {name} {Escaped(help, quotes: _isOpen)}\n");
    }

    private void Sample(string name, StringBuilder labels, string value)
    {
        Put(name);
        if (labels.Length > 0)
        {
            Put("{");
            Put(labels);
            Put("}");
        }

        Put(" ");
        Put(value);
    }

    private static void AddLabel(StringBuilder labels, string key, object? value)
    {
        if (labels.Length > 0) labels.Append(',');
        var text = value switch
        {
            null => "",
            bool truth => truth ? "true" : "false",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        labels.Append(ExpositionNames.Label(key)).Append("=\"").Append(Escaped(text, quotes: true)).Append('"');
    }

    private static string Escaped(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    // OpenMetrics wants bounds as floats.
    private string Number(double value, bool isBound)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return isBound && _isOpen && !text.Contains('.', StringComparison.Ordinal) && !text.Contains('E', StringComparison.Ordinal) ? text + ".0" : text;
    }

    private void Put(StringBuilder text)
    {
        foreach (var chunk in text.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, _to);
    }

    private void Put(string text) => Encoding.UTF8.GetBytes(text, _to);
}
