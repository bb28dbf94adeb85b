namespace EmbeddedTcp.App;

/// <content>
/// The text, in lines of at most 125 characters, so that four of them fit into a piece. By a switch and not in an array, which would hold each line in the
/// managed heap for ever. Names in it are short, since every byte goes over the wire.
/// </content>
public sealed partial class StatusPage
{
    private const int LineCount = 81;
    private const int ScriptStart = 43;

    private static string MarkupAt(int line)
    {
        return line switch
        {
            0 => "<!DOCTYPE html>",
            1 => "<html lang=en>",
            2 => "<meta charset=utf-8>",
            3 => "<meta name=viewport content='width=device-width,initial-scale=1'>",
            4 => "<title>EmbeddedTcp</title>",
            5 => "<link rel=icon href='data:,'>",
            6 => "<style>",
            7 => ":root{--b:#f3f5f8;--c:#fff;--t:#1b2330;--m:#5d6a7e;--l:#dfe4ec;--i:#2563eb;--o:#0d9373;--w:#b4540a;color-scheme:light dark}",
            8 => "@media(prefers-color-scheme:dark){:root{--b:#0e1218;--c:#171d26;--t:#e7ebf2;--m:#93a0b4;--l:#2a3442;--i:#7aa8ff;--o:#4cd3ac;",
            9 => "--w:#f2b25c}}",
            10 => "*{box-sizing:border-box}",
            11 => "body{margin:0 auto;max-width:72rem;padding:1.2rem 1rem 3rem;background:var(--b);color:var(--t);",
            12 => "font:16px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums}",
            13 => "h1{font-size:1.6rem;line-height:1.2;margin:0}",
            14 => "h2{font-size:1rem;margin:1.6rem 0 .5rem;color:var(--m);font-weight:600}",
            15 => ".m{color:var(--m)}.i{color:var(--i)}.o{color:var(--o)}.w{color:var(--w)}.f{opacity:.55}",
            16 => ".g{display:grid;gap:.7rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,18rem),1fr))}",
            17 => ".k,.g>div{background:var(--c);border:1px solid var(--l);border-radius:.6rem;padding:.6rem .9rem;min-width:0;",
            18 => "overflow-wrap:anywhere}",
            19 => ".k{columns:17rem;column-gap:3rem}",
            20 => ".r{display:flex;justify-content:space-between;gap:1rem;break-inside:avoid}",
            21 => ".r>:last-child{text-align:right;font-weight:600}",
            22 => ".bar{height:.35rem;margin:.1rem 0 .5rem;border-radius:1rem;background:var(--l)}",
            23 => ".bar>*{height:100%;border-radius:1rem;background:var(--i)}",
            24 => "svg{display:block;width:100%;height:5rem;margin-top:.3rem}",
            25 => "polyline{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}",
            26 => "a{color:var(--i)}",
            27 => "</style>",
            28 => "<h1 id=board>EmbeddedTcp</h1>",
            29 => "<div id=chip class=m>waiting for the board</div>",
            30 => "<noscript>This page needs a script. The same as text: <a href=/api/state>/api/state</a></noscript>",
            31 => "<h2>Interface</h2><div id=net class=k></div>",
            32 => "<h2>Frames in the last minute</h2>",
            33 => "<div class=k style='columns:auto'><div class=r><b class=i id=in></b><b class=o id=out></b></div>",
            34 => "<svg viewBox='0 0 59 60' preserveAspectRatio=none><path d='M0 30H59' stroke='var(--l)'/>",
            35 => "<polyline id=pi stroke='var(--i)'/><polyline id=po stroke='var(--o)'/></svg></div>",
            36 => "<h2>Connections</h2><div id=con class=g></div>",
            37 => "<h2>Half-open peers</h2><div id=half class=k></div>",
            38 => "<h2>TIME_WAIT</h2><div id=wait class=k></div>",
            39 => "<h2>Services</h2><div id=srv class=k></div>",
            40 => "<h2>Counters</h2><div id=cnt class=k></div>",
            41 => "<h2>Dropped, and why</h2><div id=drop class=k></div>",
            42 => "<p class=m>What is zero is not shown. For programs: <a href=/api/state>/api/state</a></p>",
            _ => "",
        };
    }

    // e: an element in p; r: a row with a name and a value; q: a row with a bar; fill: a section anew, with f for each of a.
    private static string ScriptAt(int line)
    {
        return line switch
        {
            43 => "<script>",
            44 => "var D=document,H=[],L;",
            45 => "function $(i){return D.getElementById(i)}",
            46 => "function e(p,c,x,t){var n=D.createElement(t||'div');n.className=c;if(x!=null)n.textContent=x;p.appendChild(n);return n}",
            47 => "function r(p,a,b,c){var n=e(p,'r');e(n,'m',a,'span');e(n,c||'',b,'span')}",
            48 => "function q(p,a,n,z){r(p,a,n+' of '+z);e(e(p,'bar'),'').style.width=100*n/z+'%'}",
            49 => "function fill(i,a,f){var o=$(i),n=o.cloneNode();a.forEach(function(x){f(x,n)});if(!n.firstChild)e(n,'f','none');",
            50 => "o.replaceWith(n)}",
            51 => "function peer(x){return x.remoteAddress+':'+x.remotePort}",
            52 => "function nums(i,o){var a=Object.keys(o).filter(function(k){return o[k]});fill(i,a,function(k,n){r(n,k,o[k])})}",
            53 => "function line(i,k){var m=Math.max(9,...H.map(function(h){return Math.max(h[0],h[1])}));",
            54 => "$(i).setAttribute('points',H.map(function(h,x){return x+60-H.length+','+(30+(k?28:-28)*Math.sqrt(h[k]/m))}).join(' '))}",
            55 => "function up(s){var d=s/86400|0,t=new Date(s*1e3).toISOString().substr(11,8);return d?d+' d '+t:t}",
            56 => "function con(c,n){if(!c.inUse)return;var d=e(n,'');",
            57 => "r(d,(c.service||'slot '+c.slot)+' :'+c.localPort,c.state,c.retransmits?'w':'i');r(d,'peer',peer(c));",
            58 => "q(d,'to send',c.sendQueued,c.sendBuffer);q(d,'to read',c.receiveQueued,c.receiveBuffer);",
            59 => "r(d,'RTT, RTO',c.srtt+', '+c.rto+' ms');r(d,'cwnd',c.cwnd);r(d,'ssthresh',c.ssthresh>1e6?'none yet':c.ssthresh);",
            60 => "r(d,'SND.WND, RCV.WND',c.sndWnd+', '+c.rcvWnd);r(d,'MSS',c.mss);",
            61 => "if(c.features.length)r(d,'options',c.features.join(', '));if(c.retransmits)r(d,'retransmitted',c.retransmits,'w')}",
            62 => "function show(s){D.title=s.board;$('board').textContent=s.board;$('chip').textContent=s.chip;",
            63 => "var N=[['link',s.linkUp?'up':'down',s.linkUp?'o':'w'],['address',s.address+'/'+s.prefixLength],['gateway',s.gateway],",
            64 => "['Ethernet',s.mac],['running for',up(s.uptimeMs/1e3)],['faults',s.faults,s.faults?'w':''],",
            65 => "['slots in use',s.connections.length-s.freeSlots+' of '+s.connections.length],['fixed memory',s.memoryBytes+' bytes']];",
            66 => "fill('net',N,function(x,n){r(n,x[0],x[1],x[2])});",
            67 => "var c=s.counters,t=[s.uptimeMs,c['frames in'],c['frames out']],z=L&&t[0]-L[0];",
            68 => "if(z>0){H.push([(t[1]-L[1])*1e3/z,(t[2]-L[2])*1e3/z]);if(H.length>60)H.shift();var h=H[H.length-1];",
            69 => "$('in').textContent='in '+h[0].toFixed(1)+'/s';$('out').textContent='out '+h[1].toFixed(1)+'/s';",
            70 => "line('pi',0);line('po',1)}",
            71 => "L=t;fill('con',s.connections,con);",
            72 => "fill('half',s.halfOpen,function(x,n){r(n,peer(x)+' to :'+x.localPort,'again in '+x.againInMs+' ms')});",
            73 => "fill('wait',s.timeWait,function(x,n){r(n,peer(x)+' to :'+x.localPort,(x.forMs/1e3).toFixed(0)+' s')});",
            74 => "fill('srv',s.services,function(x,n){r(n,x.name+' :'+x.port,x.open+' open, '+x.accepted+' so far')});",
            75 => "nums('cnt',c);nums('drop',s.drops);D.body.dataset.polls=(+D.body.dataset.polls||0)+1}",
            76 => "function poll(){if(D.hidden)return setTimeout(poll,1e3);",
            77 => "fetch('/api/state').then(function(a){return a.json()}).then(show).catch(function(){$('chip').textContent='no answer'})",
            78 => ".then(function(){setTimeout(poll,1e3)})}",
            79 => "poll()",
            80 => "</script>",
            _ => "",
        };
    }
}
