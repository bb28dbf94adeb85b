using EmbeddedTcp.App;
using EmbeddedTcp.Http;
using EmbeddedTcp.Services.Text;

namespace EmbeddedTcp.Samples;

/// <summary>
/// A web switch: /switch shows a page with one button, and a form posted to it (state=on, state=off) switches the board's output. For programs
/// GET /switch/state says "on" or "off".
/// </summary>
public sealed class SwitchSample : BoardApp
{
    private readonly SampleSettings _settings;

    /// <summary>A switch for the output in the settings.</summary>
    public SwitchSample(SampleSettings settings)
        : base("switch")
    {
        _settings = settings;
    }

    /// <summary>Whether it is on.</summary>
    public bool On { get; private set; }

    /// <inheritdoc/>
    public override void Attach(Application application)
    {
        if (application.Http == null || !application.Http.Add(new Page(this, application)) || !application.Http.Add(new State(this)))
        {
            application.Output.WriteLine("warning: the web switch found no HTTP server with room for it");
        }
    }

    /// <inheritdoc/>
    public override void Start(Application application)
    {
        Set(false);
    }

    private void Set(bool on)
    {
        On = on;
        if (_settings.Output != null)
        {
            _settings.Output.Set(on);
        }
    }

    /// <summary>The page, and the form it sends.</summary>
    private sealed class Page : HttpHandler
    {
        private readonly SwitchSample _switch;
        private readonly Application _application;

        internal Page(SwitchSample sample, Application application)
            : base("/switch", HttpMethods.Get | HttpMethods.Post)
        {
            _switch = sample;
            _application = application;
        }

        /// <inheritdoc/>
        public override int Body => FormBody;

        /// <inheritdoc/>
        public override void Respond(HttpRequest request, HttpResponse response)
        {
            if (request.Method == HttpMethods.Post)
            {
                string state = request.Form("state");
                if (state != "on" && state != "off")
                {
                    response.Refuse(HttpStatus.BadRequest);
                    return;
                }

                _switch.Set(state == "on");
                _application.Output.WriteLine("switch    " + state);

                // The browser's reload then asks for the page and does not switch again (RFC 9110 §15.4.4).
                response.Redirect(HttpStatus.SeeOther, "/switch");
                return;
            }

            response.ContentType = "text/html; charset=utf-8";
        }

        /// <inheritdoc/>
        public override bool Render(HttpRequest request, HttpResponse response, TextBuffer text)
        {
            if (response.Piece == 0)
            {
                text.Append("<!doctype html><meta name=viewport content=\"width=device-width\"><title>Switch</title>"
                    + "<style>body{font:1.2em sans-serif;text-align:center;margin-top:3em}button{font-size:2em;padding:.5em 1em}</style><h1>");
                text.AppendHtml(_application.BoardName);
                text.Append("</h1>");
                return true;
            }

            text.Append(_switch.On ? "<p>The switch is on.<form method=post><button name=state value=off>Off</button></form>"
                : "<p>The switch is off.<form method=post><button name=state value=on>On</button></form>");
            return false;
        }
    }

    /// <summary>The state in one word.</summary>
    private sealed class State : HttpHandler
    {
        private readonly SwitchSample _switch;

        internal State(SwitchSample sample)
            : base("/switch/state", HttpMethods.Get)
        {
            _switch = sample;
        }

        /// <inheritdoc/>
        public override void Respond(HttpRequest request, HttpResponse response)
        {
            response.ContentType = "text/plain";
        }

        /// <inheritdoc/>
        public override bool Render(HttpRequest request, HttpResponse response, TextBuffer text)
        {
            text.Append(_switch.On ? "on\n" : "off\n");
            return false;
        }
    }
}
