package account_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	versionText = regexp.MustCompile(`<VersionId>([^<]*)</VersionId>`)
	tagText     = regexp.MustCompile(`<Key>([^<]*)</Key><Value>([^<]*)</Value>`)
)

// s3 is S3, by action: a bucket holds version ids.
func (f *fake) s3(name string, r *http.Request, body []byte) any {
	bucket, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	key := "bucket " + bucket
	if name != "ListAllMyBuckets" && name != "CreateBucket" && f.tags[key] == nil {
		return gone("NoSuchBucket")
	}
	switch name {
	case "ListAllMyBuckets":
		return "<ListAllMyBucketsResult><Buckets>" + each(f.names("bucket"), "<Bucket><Name>%s</Name></Bucket>") + "</Buckets></ListAllMyBucketsResult>"
	case "CreateBucket":
		return xml(f.create(key, nil))
	case "PutBucketTagging":
		for _, m := range tagText.FindAllStringSubmatch(string(body), -1) {
			f.tags[key][m[1]] = m[2]
		}
	case "GetBucketTagging":
		if len(f.tags[key]) == 0 {
			return gone("NoSuchTagSet")
		}
		return "<Tagging><TagSet>" + xmlTags(f.tags[key], "Tag") + "</TagSet></Tagging>"
	case "DeleteObject":
		if r.URL.Query().Has("delete") {
			return f.deleteVersions(bucket, body)
		}
		fallthrough // a delete marker is one more version
	case "PutObject":
		f.lastID++
		f.objects[bucket] = append(f.objects[bucket], fmt.Sprintf("v%d", f.lastID))
	case "ListBucketVersions":
		return "<ListVersionsResult>" + each(f.objects[bucket], "<Version><Key>a/b</Key><VersionId>%s</VersionId></Version>") + "</ListVersionsResult>"
	case "DeleteBucket":
		if len(f.objects[bucket]) > 0 {
			return oops{"BucketNotEmpty", http.StatusConflict}
		}
		return xml(f.remove(key, "NoSuchBucket"))
	}
	return ""
}

func (f *fake) deleteVersions(bucket string, body []byte) any {
	for _, m := range versionText.FindAllStringSubmatch(string(body), -1) {
		f.objects[bucket] = slices.DeleteFunc(f.objects[bucket], func(id string) bool { return id == m[1] })
	}
	if f.delivered > 0 {
		f.delivered--
		f.objects[bucket] = append(f.objects[bucket], fmt.Sprintf("late%d", f.delivered))
	}
	return "<DeleteResult></DeleteResult>"
}

// query is IAM and STS, by operation.
func (f *fake) query(name string, body []byte) any {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return oops{"MalformedQueryString", http.StatusBadRequest}
	}
	role := form.Get("RoleName")
	if role != "" && name != "CreateRole" && f.tags["role "+role] == nil {
		return gone("NoSuchEntity")
	}
	return f.iam(name, role, form)
}

func (f *fake) iam(name, role string, form url.Values) any {
	switch name {
	case "GetCallerIdentity":
		return result(name, "<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/anna</Arn>")
	case "GetAccountSummary":
		return result(name, "<SummaryMap><entry><key>Roles</key><value>7</value></entry><entry><key>RolesQuota</key><value>1000</value></entry></SummaryMap>")
	case "CreateRole":
		f.create("role "+role, nil)
		for i := 1; form.Has(fmt.Sprintf("Tags.member.%d.Key", i)); i++ {
			f.tags["role "+role][form.Get(fmt.Sprintf("Tags.member.%d.Key", i))] = form.Get(fmt.Sprintf("Tags.member.%d.Value", i))
		}
	case "AttachRolePolicy":
		f.policies[role] = append(f.policies[role], "attached "+form.Get("PolicyArn"))
	case "PutRolePolicy":
		f.policies[role] = append(f.policies[role], "inline "+form.Get("PolicyName"))
	case "DetachRolePolicy":
		f.drop(role, "attached "+form.Get("PolicyArn"))
	case "DeleteRolePolicy":
		f.drop(role, "inline "+form.Get("PolicyName"))
	case "ListAttachedRolePolicies":
		return result(name, "<AttachedPolicies>"+each(f.having(role, "attached "), "<member><PolicyArn>%s</PolicyArn></member>")+"</AttachedPolicies>")
	case "ListRolePolicies":
		return result(name, "<PolicyNames>"+each(f.having(role, "inline "), "<member>%s</member>")+"</PolicyNames>")
	case "ListRoleTags":
		return result(name, "<Tags>"+xmlTags(f.tags["role "+role], "member")+"</Tags><IsTruncated>false</IsTruncated>")
	case "ListRoles":
		return result(name, "<Roles>"+each(f.names("role"), "<member><RoleName>%s</RoleName></member>")+"</Roles><IsTruncated>false</IsTruncated>")
	case "DeleteRole":
		if len(f.policies[role]) > 0 {
			return oops{"DeleteConflict", http.StatusConflict}
		}
		f.remove("role "+role, "NoSuchEntity")
	}
	return result(name, "")
}

func (f *fake) drop(role, policy string) {
	f.policies[role] = slices.DeleteFunc(f.policies[role], func(p string) bool { return p == policy })
}

func (f *fake) having(role, kind string) (list []string) {
	for _, p := range f.policies[role] {
		if name, ok := strings.CutPrefix(p, kind); ok {
			list = append(list, name)
		}
	}
	return list
}

// xml is an answer without content, or the error it is.
func xml(answer any) any {
	if e, failed := answer.(oops); failed {
		return e
	}
	return ""
}

func result(name, content string) string {
	return fmt.Sprintf("<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", name, content)
}

func each(values []string, format string) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, format, v)
	}
	return b.String()
}

func xmlTags(tags map[string]string, element string) string {
	var b strings.Builder
	for k, v := range tags {
		fmt.Fprintf(&b, "<%[1]s><Key>%[2]s</Key><Value>%[3]s</Value></%[1]s>", element, k, v)
	}
	return b.String()
}
