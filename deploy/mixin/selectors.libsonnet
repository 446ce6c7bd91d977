// Expressions are written with {S} where the series of servers are meant, and {W} for those of watchers, also before further
// matchers: {S,reason="error"}.
function(config) {
  local scope = '%s, namespace, job' % config.clusterLabel,

  fill(expr)::
    local without_indent = std.stripChars(expr, ' \n');
    std.strReplace(std.strReplace(std.strReplace(without_indent, '{S', '{' + config.selector),
                                  '{W',
                                  '{' + config.watchSelector), 'SCOPE', scope),
}
