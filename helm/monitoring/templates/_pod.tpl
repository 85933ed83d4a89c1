{{/* What hub and region have in common: the pod. */}}
{{- define "monitoring.pod" -}}
{{- $silo := include "monitoring.isSilo" . -}}
{{- $isHub := eq .Values.role "hub" -}}
metadata:
  labels:
    {{- include "monitoring.labels" . | nindent 4 }}
    {{- if $silo }}
    livepeer-monitoring/cluster: {{ .Values.cluster.id }}
    {{- end }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/settings: {{ include "monitoring.settings" . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "monitoring.serviceAccount" . }}
  automountServiceAccountToken: false
  # Kubernetes would add variables for each Service, and MONITOR_... are settings.
  enableServiceLinks: false
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  # More than the process takes to finish or return its tests and to leave the cluster (two minutes at most).
  terminationGracePeriodSeconds: 150
  securityContext:
    {{- include "monitoring.podSecurity" . | nindent 4 }}
  topologySpreadConstraints:
    {{- range $key, $when := dict "topology.kubernetes.io/zone" .Values.topologySpread.zone "kubernetes.io/hostname" .Values.topologySpread.host }}
    - maxSkew: 1
      topologyKey: {{ $key }}
      whenUnsatisfiable: {{ $when }}
      labelSelector:
        matchLabels:
          {{- include "monitoring.selector" $ | nindent 10 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .Values.role }}
      image: {{ include "monitoring.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [{{ .Values.role }}, --config, /etc/monitoring/monitor.json]
      securityContext:
        {{- include "monitoring.containerSecurity" . | nindent 8 }}
      env:
        - name: MONITOR_Urls
          value: http://*:{{ .Values.service.port }}
        {{- if $silo }}
        # What the other silos dial; nothing finds it out by itself.
        - name: MONITOR_Cluster__Address
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        {{- end }}
        {{- if not $isHub }}
        - name: MONITOR_Data
          value: /data
        {{- end }}
        {{- if .Values.chain.existingSecret }}
        - name: MONITOR_Chain__RpcUrls
          valueFrom:
            secretKeyRef:
              name: {{ .Values.chain.existingSecret }}
              key: {{ .Values.chain.rpcUrlsKey }}
        {{- end }}
        - name: DOTNET_gcServer
          value: {{ ternary "1" "0" $isHub | quote }}
        {{- range .Values.extraEnv }}
        {{- if and (hasKey . "value") (regexMatch "(?i)(secret|password|token|__key)$" .name) }}
        {{- fail (printf "extraEnv: %s would stand in the manifest; take it from a Secret (valueFrom.secretKeyRef)." .name) }}
        {{- end }}
        - {{- toYaml . | nindent 10 }}
        {{- end }}
      ports:
        - name: http
          containerPort: {{ .Values.service.port }}
        {{- if $silo }}
        - name: silo
          containerPort: {{ .Values.cluster.siloPort }}
        {{- end }}
      # A silo that starts waits for the database and for the others; nobody kills it meanwhile.
      startupProbe:
        httpGet: { path: {{ ternary "/startupz" "/livez" (eq $silo "true") }}, port: http }
        periodSeconds: 2
        timeoutSeconds: 2
        failureThreshold: 150
      readinessProbe:
        httpGet: { path: /readyz, port: http }
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      # The process alone: a database that is down restarts nobody.
      livenessProbe:
        httpGet: { path: /livez, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      # Load balancers need a moment to see that it goes.
      lifecycle:
        preStop:
          sleep: { seconds: 5 }
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        - { name: settings, mountPath: /etc/monitoring, readOnly: true }
        - { name: scratch, mountPath: /tmp }
        {{- if not $isHub }}
        - { name: data, mountPath: /data }
        {{- end }}
        {{- if $silo }}
        - { name: database, mountPath: /run/secrets/database, readOnly: true }
        {{- if .Values.cluster.tls.existingSecret }}
        - { name: silo, mountPath: /run/secrets/silo, readOnly: true }
        {{- end }}
        {{- else }}
        - { name: region, mountPath: /run/secrets/region, readOnly: true }
        {{- if .Values.region.hubCa.existingSecret }}
        - { name: hub-ca, mountPath: /run/secrets/hub-ca, readOnly: true }
        {{- end }}
        {{- end }}
        {{- if .Values.secrets.existingSecret }}
        - { name: secrets, mountPath: /run/secrets/monitoring, readOnly: true }
        {{- end }}
        {{- if .Values.wallet.existingSecret }}
        - { name: wallet, mountPath: /run/secrets/wallet, readOnly: true }
        {{- end }}
  volumes:
    - name: settings
      configMap:
        name: {{ include "monitoring.fullname" . }}
    - name: scratch
      emptyDir: { sizeLimit: 256Mi }
    {{- if $silo }}
    {{- include "monitoring.databaseVolume" . | nindent 4 }}
    {{- if .Values.cluster.tls.existingSecret }}
    - name: silo
      secret:
        secretName: {{ .Values.cluster.tls.existingSecret }}
        defaultMode: 256 # 0400, in the one way that every reader of YAML understands
    {{- end }}
    {{- else }}
    - name: region
      secret:
        secretName: {{ .Values.region.key.existingSecret }}
        defaultMode: 256
        items: [{ key: {{ .Values.region.key.key }}, path: region.key }]
    {{- if .Values.region.hubCa.existingSecret }}
    - name: hub-ca
      secret:
        secretName: {{ .Values.region.hubCa.existingSecret }}
        items: [{ key: {{ .Values.region.hubCa.key }}, path: ca.crt }]
    {{- end }}
    {{- end }}
    {{- if .Values.secrets.existingSecret }}
    - name: secrets
      secret:
        secretName: {{ .Values.secrets.existingSecret }}
        defaultMode: 256
    {{- end }}
    {{- if .Values.wallet.existingSecret }}
    - name: wallet
      secret:
        secretName: {{ .Values.wallet.existingSecret }}
        defaultMode: 256
        items:
          {{- if .Values.wallet.keyFileKey }}
          - { key: {{ .Values.wallet.keyFileKey }}, path: key }
          {{- else }}
          - { key: {{ .Values.wallet.keystoreKey }}, path: keystore }
          - { key: {{ .Values.wallet.passwordKey }}, path: password }
          {{- end }}
    {{- end }}
{{- end -}}

{{- define "monitoring.databaseVolume" -}}
- name: database
  secret:
    secretName: {{ .Values.database.existingSecret }}
    defaultMode: 256
    items: [{ key: {{ .Values.database.urlKey }}, path: url }]
{{- end -}}

{{/* The user of the image. The group owns what is mounted, so that a file of mode 0400 can be read. */}}
{{- define "monitoring.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "monitoring.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
