using System.Security.Cryptography;
using System.Text;

namespace Monitoring.Web;

/// <summary>The page's style sheet, and the policy that allows this one and nothing else: no script, no image, no other host.</summary>
internal static class PageStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--ink:#1a1c1e;--paper:#fff;--faint:#5a6068;--line:#d5d9de;--head:#f1f3f5;--note:#fff4ce}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--paper:#15171a;--faint:#a3abb3;--line:#353a40;--head:#202428;--note:#4a3c0a}}
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1rem;max-width:100rem;font:1rem/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
        h1{font-size:1.4rem;margin:0 0 .25rem}
        h2{font-size:1.1rem;margin:1rem 0 .25rem}
        p{margin:.35rem 0}
        section ul{list-style:none;margin:0;padding:0}
        section li{border-left:.25rem solid var(--line);padding:.1rem .6rem;margin:.25rem 0}
        section li.warning,section li.alarm{background:var(--note)}
        section li.alarm{border-left-color:#c62828}
        a{color:inherit}
        .banner{background:var(--note);border:1px solid var(--line);padding:.5rem .75rem;font-weight:600}
        .faint,footer{color:var(--faint);font-size:.875rem}
        nav{display:flex;flex-wrap:wrap;gap:.25rem .75rem;margin:.75rem 0}
        nav [aria-current]{font-weight:700;text-decoration:none}
        .table{overflow:auto;max-height:85vh;border:1px solid var(--line)}
        table{border-collapse:separate;border-spacing:0;width:100%;font-variant-numeric:tabular-nums}
        th,td{padding:.3rem .6rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
        thead th{position:sticky;top:0;z-index:2;background:var(--head)}
        tbody th{position:sticky;left:0;z-index:1;background:var(--paper);font-weight:400;font-family:ui-monospace,monospace;font-size:.875rem}
        tbody th,thead .name,.words{text-align:left}
        .words{white-space:normal;min-width:24ch}.words small{max-width:none}
        small{display:block;unicode-bidi:isolate;color:var(--faint);font-family:system-ui,sans-serif;max-width:42ch;overflow:hidden;text-overflow:ellipsis}
        td i{display:block;color:var(--faint);font-size:.8125rem}
        @media(max-width:48rem){body{padding:.5rem}th,td{padding:.3rem .4rem}tbody th a{display:inline-block;max-width:13ch;overflow:hidden;text-overflow:ellipsis;vertical-align:bottom}small{max-width:14ch}}
        @media print{.table{overflow:visible;max-height:none}nav{display:none}}
        """;

    /// <summary>The Content-Security-Policy of the page.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}
