// The address keeps the view, so that a link or a reload shows the same: #v=zoom/lat/lon&a=area&m=measure&l=layers…

function makePermalink(read, write) {
  let paused = false;

  function save() {
    if (paused) return;
    const parts = Object.entries(read()).filter(([, value]) => value);
    const hash = parts.map(([name, value]) => name + '=' + encodeURIComponent(value).replace(/%2F/g, '/')).join('&');
    const embed = /[#&]embed\b/.test(location.hash) ? '&embed' : '';
    // A sandboxed frame may not change its address; the page works without.
    try { history.replaceState(null, '', '#' + hash + embed); } catch (error) { paused = true; }
  }

  function load() {
    const state = {};
    location.hash.slice(1).split('&').forEach(part => {
      const at = part.indexOf('=');
      if (at < 1) return;
      try { state[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1)); } catch (error) { /* not ours */ }
    });
    const view = /^(\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/.exec(state.v || '');
    state.v = view ? view.slice(1).map(Number) : null;
    if (state.v && Math.abs(state.v[1]) > 85) state.v = null;
    if (!/^[01]+$/.test(state.l || '')) state.l = '';
    write(state);
  }

  addEventListener('hashchange', load);
  return {save: settled(save, 250), load};
}
