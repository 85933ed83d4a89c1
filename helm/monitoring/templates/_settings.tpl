{{/*
monitor.json: what config says, with what the chart itself decides laid over it. A value that cannot be right stops the rendering here, with
what is wrong and what to do; what the schema can say, values.schema.json says.
*/}}
{{- define "monitoring.settings" -}}
{{- include "monitoring.refuseSecrets" (dict "at" "config" "in" .Values.config) -}}
{{- $settings := deepCopy .Values.config -}}
{{- $own := dict -}}
{{- if include "monitoring.isSilo" . -}}
{{- if not .Values.database.existingSecret -}}
{{- fail "database.existingSecret: the name of the Secret with the address of PostgreSQL is expected; hubs and region silos share it." -}}
{{- end -}}
{{- $_ := set $own "Cluster" (dict "Id" .Values.cluster.id "Regions" (default list .Values.cluster.regions) "SiloPort" .Values.cluster.siloPort) -}}
{{- if .Values.cluster.tls.existingSecret -}}
{{- $_ := set $own.Cluster "CertificateFile" "/run/secrets/silo/tls.crt" -}}
{{- $_ := set $own.Cluster "CertificateKeyFile" "/run/secrets/silo/tls.key" -}}
{{- $_ := set $own.Cluster "CaFile" "/run/secrets/silo/ca.crt" -}}
{{- end -}}
{{- $_ := set $own "Store" (dict "UrlFile" "/run/secrets/database/url" "Migrate" false) -}}
{{- end -}}
{{- if eq .Values.role "hub" -}}
{{- $remote := dig "Hub" "Regions" list .Values.config -}}
{{- if and (not .Values.cluster.regions) (not $remote) -}}
{{- fail "cluster.regions: the codes of the regions are expected, such as [MDW, FRA, SIN] (or config.Hub.Regions, for regions that attach over HTTPS)." -}}
{{- end -}}
{{- if not (or .Values.chain.existingSecret (hasKey .Values.config "Source") (hasKey .Values.config "Chain")) -}}
{{- fail "chain.existingSecret: a hub must know its orchestrators; name the Secret with the chain's endpoints here, or write config.Source or config.Chain." -}}
{{- end -}}
{{- if .Values.wallet.existingSecret -}}
{{- fail "wallet.existingSecret: the hub holds no wallet; give it to the releases of the regions." -}}
{{- end -}}
{{- else -}}
{{- $region := dict "Workers" .Values.region.workers "Controls" (default list .Values.region.controls) -}}
{{- if and (lt (len (default list .Values.region.controls)) 2) (not (dig "Source" "AllowLoopback" false .Values.config)) -}}
{{- fail "region.controls: at least two outside hosts are expected; before an orchestrator is charged with a failure they are asked whether it was your own network." -}}
{{- end -}}
{{- if eq .Values.region.attach "silo" -}}
{{- if not (has .Values.region.id (default list .Values.cluster.regions)) -}}
{{- fail (printf "cluster.regions: %s is not among them; the list is the same in every release of the cluster." .Values.region.id) -}}
{{- end -}}
{{- $_ := set $region "Id" .Values.region.id -}}
{{- else -}}
{{- $_ := set $region "Hub" (required "region.hub: the hub's URL is expected, such as https://hub.example.org." .Values.region.hub) -}}
{{- $_ := set $region "KeyFile" "/run/secrets/region/region.key" -}}
{{- if not .Values.region.key.existingSecret -}}
{{- fail "region.key.existingSecret: the name of the Secret with the region's key is expected; 'region-key add' on a hub writes the key." -}}
{{- end -}}
{{- if and .Values.region.hubPin .Values.region.hubCa.existingSecret -}}
{{- fail "region.hubCa.existingSecret: region.hubPin names the one certificate that is believed; keep one of the two." -}}
{{- end -}}
{{- if .Values.region.hubPin }}{{ $_ := set $region "HubPin" .Values.region.hubPin }}{{ end -}}
{{- if .Values.region.hubCa.existingSecret }}{{ $_ := set $region "HubCaFile" "/run/secrets/hub-ca/ca.crt" }}{{ end -}}
{{- end -}}
{{- $_ := set $own "Region" $region -}}
{{- if .Values.wallet.existingSecret -}}
{{- if .Values.wallet.keyFileKey -}}
{{- if .Values.wallet.keystoreKey }}{{ fail "wallet.keystoreKey: wallet.keyFileKey is set as well; keep one of the two." }}{{ end -}}
{{- $_ := set $own "Wallet" (dict "KeyFile" "/run/secrets/wallet/key") -}}
{{- else if and .Values.wallet.keystoreKey .Values.wallet.passwordKey -}}
{{- $_ := set $own "Wallet" (dict "Keystore" "/run/secrets/wallet/keystore" "PasswordFile" "/run/secrets/wallet/password") -}}
{{- else -}}
{{- fail "wallet.keyFileKey: the key of the Secret that holds the private key is expected, or wallet.keystoreKey and wallet.passwordKey." -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- mergeOverwrite $settings $own | toPrettyJson -}}
{{- end -}}

{{/* Walks over the settings and stops at the first that would put a secret into a ConfigMap. Keys are read in any case, as the program does. */}}
{{- define "monitoring.refuseSecrets" -}}
{{- $at := .at -}}
{{- range $key, $value := .in -}}
{{- $path := printf "%s.%s" $at $key -}}
{{- if regexMatch "(?i)(secret|secrets|password|token|[^a-z]key|^key)$" $key -}}
{{- fail (printf "%s: a secret does not belong into values; put it into a Secret (secrets.existingSecret) and name its file (%sFile)." $path $path) -}}
{{- end -}}
{{- if and (regexMatch "(?i)^config\\.alerts\\.channels\\." $path) (regexMatch "(?i)^url$" $key) -}}
{{- fail (printf "%s: the address of a channel is a secret; put it into a Secret (secrets.existingSecret) and name its file (%sFile)." $path $path) -}}
{{- end -}}
{{- if kindIs "map" $value -}}
{{- include "monitoring.refuseSecrets" (dict "at" $path "in" $value) -}}
{{- else if regexMatch "^[a-z]+://[^/@]*:[^/@]*@" (toString $value) -}}
{{- fail (printf "%s: the address holds a password; name the file of a Secret instead." $path) -}}
{{- end -}}
{{- end -}}
{{- end -}}
