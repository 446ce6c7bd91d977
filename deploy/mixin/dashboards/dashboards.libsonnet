{
  grafanaDashboards+:: {
    'threadecho.json': (import 'server.libsonnet')($._config),
    'threadecho-mesh.json': (import 'mesh.libsonnet')($._config),
  },
}
