from t8lib import *
c=base(); c.jobtime=60
f=c.inv(c.simple([1,2])); open('t10.url','w').write(c.url+'\n'+f+'\n'+c.dir)
while True: time.sleep(1)
